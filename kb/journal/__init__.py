"""What customers asked and what came of it, with everything personal taken out before it is written."""
