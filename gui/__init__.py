"""The desktop window. It shows and asks; every number comes from `engine`."""
