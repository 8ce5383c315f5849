"""Checks that the content of a published file is of the format that its ending names."""
