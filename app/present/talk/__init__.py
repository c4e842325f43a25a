"""A prepared talk: its notes, the page to prepare it on, the file that keeps it."""
