"""One person's journey: classify, batches, forecast, events, proofs.

May import the parties and below.
"""
