"""How a store of each version becomes one of the next: a module a step in ``versions``, run by ``schema``."""
