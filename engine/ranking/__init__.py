"""How the points of a finished result rank that are no alarms."""
