"""What was measured and what was not: coverage, the quality report, and what becomes of gaps."""
