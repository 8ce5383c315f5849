"""The warehouse: the schemas raw_data and raw_meta, the dbt build and what is published (stage `build`)."""
