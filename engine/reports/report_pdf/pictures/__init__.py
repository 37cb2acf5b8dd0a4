"""The report's pictures, one per module: each draws plain data into a box of a page."""
