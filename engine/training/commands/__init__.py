"""What `python -m engine.training` does beside the tasks: new, study, adapt, and the like."""
