"""What people know to be anomalous: files of labels, labels drawn by hand, what is said of incidents."""
