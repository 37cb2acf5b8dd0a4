"""What the commands of `cellwarden-cli` do, and how they speak to a terminal."""
