"""Plots: what every graph in the window shares; imports the kit only."""
