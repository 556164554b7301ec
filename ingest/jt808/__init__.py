"""JT/T 808, the protocol of terminals: frames, messages, and positions out of them."""
