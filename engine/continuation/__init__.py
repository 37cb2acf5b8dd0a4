"""A data set goes on: later files are found, read, put to it, and judged by the models of before."""
