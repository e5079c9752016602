"""What a run leaves behind for people: one self-contained page, and its data."""
