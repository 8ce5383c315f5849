"""Hamilton graphs that dbt's Python models run."""
