"""Grade the deduplication on published inventories whose own identifiers say which records are one plant."""
