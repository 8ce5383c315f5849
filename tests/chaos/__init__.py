"""Disturbs runs of `make all` on the bundled samples, built by place: `python -m tests.chaos`, or `make chaos`.

Processes are killed at random moments, the disk gets full, a folder cannot be written, the clock is set back, two runs
start at once, and readers have the tables open. Each run ends in a sentence or succeeds, the next plain run succeeds,
and the tables then have the bytes of a run without disturbance.
"""
