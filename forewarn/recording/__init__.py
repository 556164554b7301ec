"""Making and judging recordings: a speech model that records phrases, a recogniser that listens to them.

Needed by those who make clip packs, not by those who drive: the models come with the extras ``render`` and ``listen``.
"""
