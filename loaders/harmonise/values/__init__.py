"""Published values to canonical ones: numbers, units, dates."""
