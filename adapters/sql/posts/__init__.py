"""Posts in SQL."""
