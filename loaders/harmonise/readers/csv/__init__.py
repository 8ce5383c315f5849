"""Reader of CSV files; every value stays text."""
