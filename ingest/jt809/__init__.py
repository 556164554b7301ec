"""JT/T 809, the protocol between platforms: frames, messages, links of two connections, and positions out of them."""
