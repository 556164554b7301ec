"""Where the accident-prone roads are: segments, the lines that lead to them, and the index over both."""
