"""The playground's rules: single CKKS operations, what each needs and gives, free of SEAL.

May import parameters and errors; the parties do on real ciphertexts what is decided here.
"""
