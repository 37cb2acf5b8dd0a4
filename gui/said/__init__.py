"""What people say of the open data, each change of it undoable: reviews, labels, rules."""
