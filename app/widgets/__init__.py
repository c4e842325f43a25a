"""The parts of the window, one widget per file; each draws the state and emits what was asked."""
