"""Uploaded pictures, made fit for customers: decoded whole, without metadata, not larger than a page shows."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from kb.common.files import sha256
from kb.content.articles.pictures import MAX_BYTES, MAX_PIXELS, SUFFIXES
from kb.content.markdown.render import slugify
from kb.errors import PictureRefused

MAX_UPLOAD: Final = 20_000_000
"""Bytes of a file as it is uploaded; a telephone's photo has a quarter of it."""
MAX_UPLOAD_PIXELS: Final = 50_000_000
"""Pixels of a file as it is uploaded, which take some 200 MB while it is made smaller."""
SHOWN_WIDTH: Final = 1600
"""Pixels; no page shows a picture wider, on a screen of double density."""
LONGEST_ALT: Final = 300
_FORMATS: Final = tuple(dict.fromkeys(SUFFIXES.values()))
_ENDINGS: Final = {"PNG": ".png", "JPEG": ".jpg", "GIF": ".gif", "WEBP": ".webp"}
_KEPT_INFO: Final = ("transparency", "icc_profile")
"""What is kept of what a file says besides its pixels: what it needs to look right."""
_LONGEST_STEM: Final = 60


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A picture as it will lie next to its article."""

    name: str
    """Its file's name."""
    data: bytes
    width: int
    height: int

    @property
    def shown_as(self) -> str:
        """The name that customers will get it by; see :mod:`kb.content.articles.pictures`."""
        return f"{sha256(self.data)[:16]}-{self.width}x{self.height}{PurePath(self.name).suffix}"


def made_fit(name: str, data: bytes, is_taken: Callable[[str, bytes], bool] = lambda _name, _data: False) -> Uploaded:
    """Return an uploaded picture as customers may get it.

    The pixels are written anew, turned as the camera was held, so that nothing else of the file is left: no place, no
    camera, no comment, no script behind the picture. Its ending is that of what it is.

    :param name: The file's name as it was uploaded; only words of it are kept.
    :param data: Its bytes.
    :param is_taken: Whether a name belongs to another picture already.
    :return: The picture.
    :raises PictureRefused: If it is no picture of a kind that is shown, is damaged, moves, or is too large.
    """
    if len(data) > MAX_UPLOAD:
        raise PictureRefused(f"{_short(name)} has {len(data) / 1e6:.0f} MB; the most is {MAX_UPLOAD // 10**6} MB.")
    image, kind = _decoded(name, data)
    image = _fitting(image)
    written = _written(image, kind)
    if len(written) > MAX_BYTES:
        raise PictureRefused(
            f"{_short(name)} still has {len(written) / 1e6:.1f} MB at {image.width} by {image.height} pixels; the most "
            f"is {MAX_BYTES // 10**6} MB. Cut out what matters, or save a photo as JPEG."
        )
    return Uploaded(_free_name(name, written, _ENDINGS[kind], is_taken), written, image.width, image.height)


def alt_text(alt: str) -> str:
    """Return the words for readers who do not see a picture, fit for Markdown.

    :param alt: As typed.
    :return: One line.
    :raises PictureRefused: If there are none, or too many.
    """
    words = " ".join(alt.split())
    if not words:
        raise PictureRefused("Say what the picture shows, for readers who do not see it.")
    if len(words) > LONGEST_ALT:
        raise PictureRefused(f"The words for the picture have {len(words)} characters; the most is {LONGEST_ALT}.")
    return re.sub(r"([\\\[\]`*_<&])", r"\\\1", words)


def markdown(name: str, alt: str) -> str:
    """Return the line that shows a picture; see :func:`alt_text`."""
    return f"![{alt_text(alt)}]({name})"


def _decoded(name: str, data: bytes) -> tuple[Image.Image, str]:
    """Return a picture's pixels, every byte of it read, and what kind it is, whatever its name says."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
            with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
                _refuse_unfit(name, opened)
                kind = str(opened.format)
                opened.load()
                return ImageOps.exif_transpose(opened), kind
    except Image.DecompressionBombError as error:
        raise PictureRefused(f"{_short(name)} has too many pixels. Make it {SHOWN_WIDTH} pixels wide.") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise PictureRefused(
            f"{_short(name)} is not a whole picture of a type that is shown ({', '.join(_FORMATS)}). "
            "Open it in a program for pictures, and save it again as PNG or JPEG."
        ) from error


def _refuse_unfit(name: str, opened: Image.Image) -> None:
    if opened.width * opened.height > MAX_UPLOAD_PIXELS:
        raise PictureRefused(
            f"{_short(name)} has {opened.width} by {opened.height} pixels. Make it {SHOWN_WIDTH} pixels wide."
        )
    if getattr(opened, "n_frames", 1) > 1:
        raise PictureRefused(
            f"{_short(name)} moves, which many readers cannot follow or stop. Upload a still picture of each step."
        )


def _fitting(image: Image.Image) -> Image.Image:
    """Return a picture no larger than a page shows, with nothing but its pixels and what they need to look right."""
    if image.width > SHOWN_WIDTH or image.height > MAX_PIXELS:
        if image.mode == "P":  # a palette cannot be averaged
            image = image.convert("RGBA" if "transparency" in image.info else "RGB")
        image.thumbnail((SHOWN_WIDTH, MAX_PIXELS), Image.Resampling.LANCZOS)
    image.info = {key: value for key, value in image.info.items() if key in _KEPT_INFO}
    return image


def _written(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "GIF" and image.mode not in ("P", "L", "1"):
        image = image.quantize(method=Image.Quantize.FASTOCTREE)
    options = {"quality": 85} if kind in ("JPEG", "WEBP") else {}
    image.save(out, kind, optimize=True, icc_profile=image.info.get("icc_profile"), **options)
    return out.getvalue()


def _free_name(name: str, data: bytes, ending: str, is_taken: Callable[[str, bytes], bool]) -> str:
    """Return a name made of the words of another one that no other picture has."""
    stem = slugify(PurePath(name.replace("\\", "/")).stem)[:_LONGEST_STEM].strip("-") or "picture"
    tried, n = f"{stem}{ending}", 1
    while is_taken(tried, data):
        n += 1
        tried = f"{stem}-{n}{ending}"
    return tried


def _short(name: str) -> str:
    """Return a file's name for a message."""
    plain = "".join(c if c.isprintable() else " " for c in PurePath(name.replace("\\", "/")).name) or "The file"
    return repr(plain if len(plain) <= _LONGEST_STEM else f"{plain[: _LONGEST_STEM - 1]}…")
