"""Questions answered by controlled runs and counts: what an experiment is, and the bench on which it is carried out."""
