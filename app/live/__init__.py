"""Live mode: an encrypted answer while drawing."""
