"""What the window shows, feature by feature; plain data, and Qt for its signals only.

May import the engine's plain modules, and nothing of the window.
"""
