"""Pictures and data sets: reading, preparing, downloading.

May import the networks, for their classes.
"""
