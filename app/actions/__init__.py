"""Every action of the window: its name, key, tooltip and menu.

May import the kit and the state.
"""
