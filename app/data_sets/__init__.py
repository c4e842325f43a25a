"""Data sets: browsed, downloaded, their pictures classified."""
