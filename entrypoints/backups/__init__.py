"""Backups: one file with the whole database, made while the site is in use, and put back where it is wanted."""
