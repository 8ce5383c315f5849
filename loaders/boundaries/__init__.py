"""Boundaries of countries and regions (stage `boundaries`)."""
