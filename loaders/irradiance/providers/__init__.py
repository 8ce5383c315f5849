"""Providers of solar irradiance, one module each."""
