"""The form in which a sweep is chosen."""
