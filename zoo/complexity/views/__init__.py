"""What is shown of a report: tables, doubling, one network beside another."""
