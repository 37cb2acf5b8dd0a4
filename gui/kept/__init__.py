"""What is on disk a moment after it was said, in the project or in the user's data folder: a crash loses nothing."""
