"""The sub-commands, one module each; every module has a ``command``. This table lists them."""

from typing import Final

COMMANDS: Final = {
    "demo": "forewarn.commands.demo",
    "segments": "forewarn.commands.segments",
    "replay": "forewarn.commands.replay",
    "evaluate": "forewarn.commands.evaluate",
    "slowed": "forewarn.commands.slowed",
    "compare": "forewarn.commands.compare",
    "simulate": "forewarn.commands.simulate",
    "profile": "forewarn.commands.profile",
    "say": "forewarn.commands.say",
    "voice": "forewarn.commands.voice",
    "topics": "forewarn.commands.topics",
    "vehicles": "forewarn.commands.vehicles",
    "run": "forewarn.commands.run",
    "watch": "forewarn.commands.watch",
    "gateway": "forewarn.commands.gateway",
    "repartition": "forewarn.commands.repartition",
    "decode": "forewarn.commands.decode",
    "terminal": "forewarn.commands.terminal",
    "console": "forewarn.commands.console",
}
"""Name on the command line to module."""

ONE_THREAD: Final = {"run", "repartition", "gateway"}
"""Those of which several run side by side, a process a core: their small tables are read faster by one thread."""
