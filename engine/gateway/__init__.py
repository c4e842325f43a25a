"""A cloud for other machines: a listening process that parses nothing of SEAL's, and its workers.

May import the remote's frames and below. Only the workers, in processes of their own, load SEAL.
"""
