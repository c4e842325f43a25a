"""Theme, palette, style sheet, wording and the small widgets that every feature uses.

Imports no feature.
"""
