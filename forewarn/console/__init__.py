"""The dispatchers' console: an alarm list first, a map second, and a journal of what was done."""
