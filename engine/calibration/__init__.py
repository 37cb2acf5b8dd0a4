"""From raw scores to one unit for all detectors, and the thresholds that keep an alarm budget."""
