"""A simulated fleet on real roads: invented drives, always called simulated, with the truth beside them."""
