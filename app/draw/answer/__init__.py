"""The answer: large, with every score encrypted beside clear."""
