"""The desktop window of CipherSketch: Qt only, no cryptography.

`state` holds what is shown, `controller` turns actions into work, `worker` is the only module that
talks to the engine's session, `widgets/` has one widget per file and `theme` is the design system.
"""
