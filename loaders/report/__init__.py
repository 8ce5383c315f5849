"""What people look at: the summary, comparisons, explanations, documentation."""
