"""Networks as data: layers, model files and the clear forward pass.

Imports errors, arrays and resources only.
"""
