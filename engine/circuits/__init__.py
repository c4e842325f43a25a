"""From layers to masks, rotations and levels, and what runs and costs them.

May import ckks and networks.
"""
