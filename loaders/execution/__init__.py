"""Who runs the branches of a Hamilton graph, and what becomes of one that fails."""
