"""Pictures: reading any file, and preparing it as a network reads it.

May import the networks, for their classes.
"""
