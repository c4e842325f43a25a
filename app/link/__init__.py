"""The thread that talks to the engine, recorded sessions, background work and crash reports."""
