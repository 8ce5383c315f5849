"""The project as pictures and a page: Hamilton's graphs, dbt's models, and the way from a DOI to a table."""
