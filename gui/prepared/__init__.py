"""What the views look up in a result, made in the worker that brings it. No Qt."""
