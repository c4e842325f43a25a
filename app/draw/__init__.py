"""The picture: strokes, canvas, files, and what the network and the cloud see of it."""
