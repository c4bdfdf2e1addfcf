"""What things cost, as ratios between programs that did the same work in one run."""
