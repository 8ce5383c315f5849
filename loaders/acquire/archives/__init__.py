"""Archives: judged by their table of contents, then unpacked within limits."""
