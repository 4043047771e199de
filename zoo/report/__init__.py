"""Pictures, curves and pages of runs. Nothing here imports torch."""
