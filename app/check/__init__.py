"""The check before a talk: what would go wrong on this machine, and what to do about it."""
