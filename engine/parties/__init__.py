"""Key owner and cloud as processes of their own, and what passes between them.

May import the circuits and below.
"""
