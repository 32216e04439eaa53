"""The parts of the illustrative teaching set: places, models, series, counts, extracts. All of it is fictitious."""
