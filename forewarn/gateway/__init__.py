"""The gateway: terminals connect to it over TCP; their positions go in, and prompts go out to their loudspeakers."""
