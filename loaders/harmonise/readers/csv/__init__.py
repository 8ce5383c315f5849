"""CSV, read as it was written."""
