"""Segments in force, and drafts of what may come after them: drawn, tested, published, gone back from."""
