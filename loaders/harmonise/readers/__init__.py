"""Readers of published files, a batch of records at a time."""
