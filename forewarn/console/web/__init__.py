"""The console over HTTP: a page, a JSON interface, and one stream of events a tab."""
