"""Connectors: each vendor's paging, bulk, upsert and session habits; translation beside them is pure."""
