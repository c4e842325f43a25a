"""The desktop window of CipherSketch: Qt only, no cryptography.

`state` holds what is shown; `link` has the only module that talks to the engine's session, `shell`
starts the program, `kit` is the design system, and each other package is one feature: its state,
actions and widgets together.
"""
