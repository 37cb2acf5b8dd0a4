"""How work is spread over threads, processes or a cluster, and how it stays within the memory there is."""
