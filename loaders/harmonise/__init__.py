"""From published files to canonical records, every row accounted for (stage `load`)."""
