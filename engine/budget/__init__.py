"""An alarm budget: the thresholds that keep it, and what another budget, vote or threshold would give at once."""
