"""`eo-pv compare`: coverage and agreement of two datasets, as tables and a picture."""
