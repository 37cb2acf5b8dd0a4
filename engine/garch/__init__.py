"""GARCH variance around an AR(1) mean, fitted to many series side by side, in NumPy and the same compiled from C."""
