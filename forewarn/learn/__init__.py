"""What the history of a fleet says about places: passes counted on stretches of road, and what happened on them."""
