"""One person's journey: classify, batches, events, proofs.

May import the planning, the parties, and below.
"""
