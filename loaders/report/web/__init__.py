"""What every page of the report shares: templates, styles, scripts, data files and the Content-Security-Policy."""
