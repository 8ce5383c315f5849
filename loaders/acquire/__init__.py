"""From a source to verified files: resolve it into a lock, download, unpack (stages `resolve` and `fetch`)."""
