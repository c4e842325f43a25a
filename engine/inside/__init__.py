"""What happens inside a run, slot by slot: every step of the circuit and what it means.

The steps are those that the interpreter takes (`engine.circuits.execution`), not a description of
them; nothing here draws, and nothing here decrypts.
"""
