"""What the cloud sees, and the attempts to read it."""
