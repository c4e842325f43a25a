"""The Playground view: single CKKS operations on real ciphertexts, and lessons made of them."""
