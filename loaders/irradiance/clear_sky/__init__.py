"""Irradiation of a sky without clouds: computed for many places at once, and cached by cell."""
