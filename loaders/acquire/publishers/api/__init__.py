"""Shared by all publisher modules: requests, typed fields of responses, paged lists, validated listings."""
