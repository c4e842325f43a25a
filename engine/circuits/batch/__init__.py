"""Thousands of pictures at once: one ciphertext a pixel, a pair of pictures a slot."""
