"""Storage in SQLite or PostgreSQL through SQLAlchemy Core: plain tables, explicit saves, no lazy loading."""
