"""Optional lineage: OpenLineage events and Hamilton's UI."""
