"""Slots as pictures: what a step takes and gives, and how numbers are shown."""
