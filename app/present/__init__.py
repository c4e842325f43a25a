"""The presentation: its story, its window and the self-running show."""
