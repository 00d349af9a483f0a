"""The composition root: settings in, everything else opened once and shared."""
