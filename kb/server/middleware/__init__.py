"""What every request passes: headers, compression, language and visit."""
