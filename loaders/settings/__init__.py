"""`params.yaml`: read in one place, checked, frozen."""
