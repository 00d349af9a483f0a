"""One file per revision. Never edit a released revision."""
