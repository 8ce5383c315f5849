"""Two datasets against each other: what they agree on, as a table and a picture."""
