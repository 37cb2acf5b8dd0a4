"""How files are written: whole or not at all, as plain JSON, as tables that are safe in a spreadsheet."""
