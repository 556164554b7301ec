"""Who may: accounts, passwords, roles and sessions. No page and no HTTP of its own; the clock is the caller's."""
