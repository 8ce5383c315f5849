"""Why records are one installation, or are not: from the warehouse, as tables and a picture."""
