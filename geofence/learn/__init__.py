"""From what happened on the roads to proposals: stretches, a test of each against its traffic, a file to review.

``stretches`` cuts a map's roads, ``density`` tests counts on them, ``propose`` writes what stood out as a segment file.
"""
