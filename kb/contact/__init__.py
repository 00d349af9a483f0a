"""Reaching an agent well prepared: opening hours, the case sheet, the reminder, the ladder, the hand-over."""
