"""Archives: checked by their table of contents, then unpacked within limits."""
