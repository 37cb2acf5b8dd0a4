"""How people and programs write text files: in which encoding, and what they call their columns."""
