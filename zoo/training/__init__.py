"""Training: the recipe, the loop, the checkpoint and the run folder."""
