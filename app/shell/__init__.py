"""The start, the window and its views, actions and preferences; may import every feature."""
