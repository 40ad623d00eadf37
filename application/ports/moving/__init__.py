"""What moves when a community changes its storage."""
