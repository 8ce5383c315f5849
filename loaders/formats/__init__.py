"""What published files look like: whether the content of one is what its ending says."""
