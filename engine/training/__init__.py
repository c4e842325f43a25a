"""Trains the networks and writes their model files: `python -m engine.training mnist-network1`.

The only package that imports torch. Everything else reads what it wrote, so neither the window nor
the encrypted engine needs torch.
"""
