"""The map page: its template, styles and scripts, and the static picture for browsers without WebGL."""
