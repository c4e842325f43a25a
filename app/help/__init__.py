"""The help page: the way through the program, every term, every key."""
