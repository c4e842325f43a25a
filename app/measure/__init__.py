"""Benchmarks of the window, rehearsals and screenshots."""
