"""Stage `boundaries`: outlines of countries, regions and counties."""
