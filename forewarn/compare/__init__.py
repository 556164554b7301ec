"""What-if: two segment files or two profiles over the same history, and what each driver would have heard instead."""
