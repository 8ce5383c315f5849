"""`eo-pv add`: inspect a source, infer what its columns mean, and write an entry of `params.yaml`."""
