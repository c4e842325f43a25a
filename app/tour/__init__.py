"""The first steps shown to a newcomer; imports the kit only."""
