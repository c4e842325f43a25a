"""What a circuit will cost and how exact it will be, known before anything is encrypted."""
