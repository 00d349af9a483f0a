"""Checks of an installation, by subject; each yields results and changes nothing."""
