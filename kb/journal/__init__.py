"""The journal: customers' questions and the events after them, redacted before they are stored."""
