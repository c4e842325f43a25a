"""One run between you and the cloud: stages, wire, progress."""
