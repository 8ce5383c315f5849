"""Overture Maps' divisions: which releases there are, and what is read of one. ODbL-1.0."""
