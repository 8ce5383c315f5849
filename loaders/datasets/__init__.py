"""Overrides of graph nodes for datasets that settings cannot describe: one module per dataset, named by its key.

The nodes are those of `loaders.harmonise.canonical_record`. A module is the exception: settings belong in params.yaml.
"""
