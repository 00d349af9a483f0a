"""Building an index: encoding, learning, calibration."""
