"""What a person adds to the files about the network: what KPIs are, where cells lie, what belongs together."""
