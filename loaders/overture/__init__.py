"""Overture Maps: the releases that there are, and what is read of one."""
