"""Storage in SQLite or PostgreSQL through SQLAlchemy Core: tables, explicit saves, no lazy loading."""
