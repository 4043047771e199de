"""A whole run: plan, prepare, train, judge, report."""
