"""Stage `load`: published files to canonical records, with every row accounted for."""
