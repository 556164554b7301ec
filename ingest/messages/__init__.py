"""Messages of a stream to positions: JSON and Arrow, one position or many a message."""

from ingest.messages.reader import Message, Reader

__all__ = ["Message", "Reader"]
