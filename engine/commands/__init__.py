"""The commands of `python -m engine`, one module each: its options, and what it prints."""
