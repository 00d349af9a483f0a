"""Pictures for tests, drawn when they are needed."""

from __future__ import annotations

import io

from PIL import Image


def picture(width: int = 40, height: int = 30, kind: str = "PNG", **options: object) -> bytes:
    """Return a picture of one color."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, kind, **options)
    return out.getvalue()
