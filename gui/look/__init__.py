"""How the window looks and speaks: colours and type, marks of severity, times and cells in words, pictures of views."""
