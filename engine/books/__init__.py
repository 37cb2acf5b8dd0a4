"""Workbooks as sheets of rows, however a spreadsheet program or a network manager writes them: one module per way."""
