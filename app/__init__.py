"""The desktop window of CipherSketch: Qt only, no cryptography.

`state` holds what is shown; `pictures`, `choices` and `runs` turn actions into work; `worker` is
the only module that talks to the engine's session; `widgets/` has one widget per file;
`theme` is the design system.
"""
