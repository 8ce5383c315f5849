"""Output for people: the run summary, comparisons, match explanations, documentation."""
