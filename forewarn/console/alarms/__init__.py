"""Alarms: what a dispatcher must act on, and what may be done with them. No clock, no store, no network of its own."""
