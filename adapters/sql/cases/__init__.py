"""Reports and cases in SQL."""
