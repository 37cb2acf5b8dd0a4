"""Performance measurement files of element managers, each as a stream of measured objects: one module per dialect."""
