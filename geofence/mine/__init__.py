"""From an OpenStreetMap extract to a segment file: one module a kind of place. This table lists them."""
