"""Tasks: what is predicted for every pixel, and how it is judged."""
