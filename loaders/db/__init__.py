"""DuckDB: connections, extensions, user-defined functions, and DuckLake."""
