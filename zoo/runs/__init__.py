"""The run folder: light, and read by reports, comparison and prediction."""
