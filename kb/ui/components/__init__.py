"""What pages are made of: each module has ``html(…)``, which is pure, and ``show(…)``, which draws it."""
