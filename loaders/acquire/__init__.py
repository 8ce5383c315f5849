"""From a source to verified files: resolve a DOI into a lock, download, unpack (stages `resolve` and `fetch`)."""
