"""Commands of the `eo-pv` console script: parse arguments, call a loader, print the result."""
