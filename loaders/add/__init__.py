"""From a source to an entry of `params.yaml`: look into it, guess what its columns mean, and write that down."""
