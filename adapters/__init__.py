"""Adapters: one module or package for each technology that the core uses through its ports."""
