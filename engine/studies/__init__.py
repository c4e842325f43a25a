"""Evaluations, resumable, on many processes.

Sweeps and reports have packages here; may import the session and below.
"""
