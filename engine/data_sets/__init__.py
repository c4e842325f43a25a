"""Sets of pictures: what each is, where it comes from, how it becomes what a network reads."""
