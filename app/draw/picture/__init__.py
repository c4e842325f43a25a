"""The picture: strokes, canvas, files, and what the network sees of it."""
