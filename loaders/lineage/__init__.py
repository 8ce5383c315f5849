"""Lineage on request: OpenLineage events, and Hamilton's UI."""
