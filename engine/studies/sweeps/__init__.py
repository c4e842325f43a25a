"""Sweeps over settings, resumable, on many processes or machines.

Imports the evaluations beside it and below.
"""
