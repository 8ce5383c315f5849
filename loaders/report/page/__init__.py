"""The report page `index.html`: its figures, charts and tables, and the facts of a run."""
