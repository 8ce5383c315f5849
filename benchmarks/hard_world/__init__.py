"""A world as hard as real inventories: points of different quality, editions, copies, and names with errors."""
