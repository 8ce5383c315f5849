"""The part of the build that follows from records near each other, by place: bounded in memory, and kept by content."""
