"""What a finished result comes to: sums, one series in close-up, why an alarm, what other settings would give."""
