"""The warehouse: the schema raw_data, the dbt build and what is published (stage `build`)."""
