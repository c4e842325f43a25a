"""The cloud on another machine, seen from a client: its address, the wire, and the way back to it.

May import the parties and below; knows nothing of SEAL.
"""
