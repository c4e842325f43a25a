"""The settings and what they imply."""
