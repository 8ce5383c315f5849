"""DuckDB: connections, extensions, functions of our own, and DuckLake."""
