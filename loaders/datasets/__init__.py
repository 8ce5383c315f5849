"""What a dataset's settings cannot say: one module a dataset, by its key, whose functions override nodes.

The nodes are those of `loaders.harmonise.canonical_record`. A module is the exception: whatever YAML can say belongs
there.
"""
