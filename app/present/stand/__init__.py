"""What tells the story without a speaker or an engine: recorded runs, and the loop of a stand."""
