"""CKKS itself: parameters, chains, security and SEAL.

Knows no network and imports no package above the errors.
"""
