"""The bundle: the whole program as a folder that needs no Python, made by PyInstaller."""
