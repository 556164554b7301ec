"""``forewarn watch``: the topic of alerts read for a person, as lines or on the full screen of a terminal."""
