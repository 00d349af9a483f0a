"""The sample bill: reading it, and finding the part that a line belongs to."""
