"""Sweeps over settings: chosen, run, kept, plotted."""
