"""`eo-pv picture`: a map or a chart of the installations, as a file for a paper or a slide."""
