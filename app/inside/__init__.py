"""The inside of a run: every step of the circuit, slot by slot."""
