"""The judge: where each vehicle really went, and whether what it was told was right and in time.

It shares no code with ``geofence.mine`` and reads no approach lines, so that a fault of the miner or of the index
cannot hide itself.
"""
