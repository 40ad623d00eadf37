"""The schema's history: one revision after another, each up and down, on SQLite and PostgreSQL."""
