"""Fills an empty database with very many rows at once."""
