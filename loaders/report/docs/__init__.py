"""`make docs`: Hamilton graphs, the lineage of the dbt models, and the page that shows them."""
