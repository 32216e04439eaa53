"""What is taken away: files of a run."""
