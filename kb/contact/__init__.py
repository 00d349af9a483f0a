"""Contact with an agent: opening hours, the case sheet, the reminder, the ladder of escalation, the hand-over."""
