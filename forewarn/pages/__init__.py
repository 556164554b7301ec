"""Pages for people: self-contained HTML files that load nothing from any network."""
