"""Hamilton graphs of the dbt Python models."""
