"""What `looks` and `lookup` compare, and what both of them measure of it: so it is trained and measured once."""
