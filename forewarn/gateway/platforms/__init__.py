"""Other platforms, over JT/T 809: positions of their vehicles come in, prompts go out through them."""
