"""Bytes to positions: history files, the register of vehicles, and screening. Knows no road."""
