"""The CKKS engine: encrypted convolutional networks, with no knowledge of any window."""
