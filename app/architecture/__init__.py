"""The view of architectures: layers are chosen, what they cost follows, and they are trained."""
