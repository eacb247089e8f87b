"""Alembic's home: one file in `versions/` for each change of the schema, for all tables of both rooms."""
