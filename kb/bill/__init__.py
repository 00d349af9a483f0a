"""The sample bill: its parts, and which of them a question is about."""
