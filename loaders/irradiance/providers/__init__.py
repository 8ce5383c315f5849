"""Providers of solar irradiance, a module each."""
