"""Key owner and cloud as processes of their own, and how they are reached.

May import the messages and the circuits, and below.
"""
