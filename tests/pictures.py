"""Pictures for tests, drawn when they are needed."""

from __future__ import annotations

import io

from PIL import Image


def picture(width: int = 40, height: int = 30, kind: str = "PNG", mode: str = "RGB", **options: object) -> bytes:
    """Return a picture of one color."""
    out = io.BytesIO()
    Image.new(mode, (width, height), 0 if mode == "1" else "teal").save(out, kind, **options)
    return out.getvalue()


def drawing(inside: str = '<rect width="9" height="9"/>') -> bytes:
    """Return a drawing in SVG."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 240" width="360">{inside}</svg>'.encode()
