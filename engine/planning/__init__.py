"""What settings imply, worked out before anything runs: plan, journey, sizes, times, precision.

May import the inside, the messages and the circuits, and below.
"""
