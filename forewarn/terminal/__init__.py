"""The in-vehicle program: a receiver's fixes through the rules at 1 Hz, aloud, on a small computer, without network."""
