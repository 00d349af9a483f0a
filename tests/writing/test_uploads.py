"""Uploaded pictures: nothing but pixels gets through, and what is no picture is refused in a sentence."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from kb.errors import PictureRefused
from kb.writing.uploads import MAX_UPLOAD, alt_text, made_fit
from tests.pictures import picture


def opened(data: bytes) -> Image.Image:
    """Return a picture, read whole."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def photo(**tags: object) -> bytes:
    """Return a telephone's photo, held upright, that says where and with what it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "Camera maker"
    exif.get_ifd(0x8825)[2] = (40.0, 26.0, 46.0)
    out = io.BytesIO()
    image = Image.new("RGB", (3000, 2000), "teal")
    image.save(out, "JPEG", exif=exif, comment=b"by Kim", **tags)
    return out.getvalue()


def test_a_photo_keeps_its_pixels_and_nothing_else():
    """It is turned upright and made smaller, and place, camera and comment are gone."""
    made = made_fit("IMG 0001.JPEG", photo())
    image = opened(made.data)
    assert (made.name, image.size, (made.width, made.height)) == ("img-0001.jpg", (1600, 2400), (1600, 2400))
    assert not image.getexif()
    assert "comment" not in image.info
    assert b"Camera" not in made.data
    assert made.shown_as.endswith("-1600x2400.jpg")


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "P"), ("PNG", "RGBA"), ("PNG", "I;16"), ("GIF", "P"), ("WEBP", "RGB"), ("JPEG", "CMYK")]
)
def test_pictures_of_every_kind_come_through(kind, mode):
    """Small ones in their own size, large ones as wide as a page shows them."""
    for width, shown in ((40, 40), (2000, 1600)):
        out = io.BytesIO()
        Image.new(mode, (width, 20)).save(out, kind)
        made = made_fit(f"a.{kind.lower()}", out.getvalue())
        assert (opened(made.data).format, opened(made.data).width) == (kind, shown)


def test_the_ending_is_that_of_what_it_is():
    """A JPEG called .png would not be shown."""
    assert made_fit("../../C:\\x\\Ärger & Co.png", picture(kind="JPEG")).name == "arger-co.jpg"
    assert made_fit("图.png", picture()).name == "picture.png"


def moving() -> bytes:
    """Return a picture of two frames."""
    out, frames = io.BytesIO(), [Image.new("L", (9, 9), n) for n in (0, 255)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.png", b"<svg onload='x()'/>", r"'a.png' is not a whole picture of a type that is shown \(PNG, JPEG"),
        ("a.png", picture()[:60], "'a.png' is not a whole picture"),
        ("a.png", b"", "'a.png' is not a whole picture"),
        ("a.bmp", picture(kind="BMP"), "Open it in a program for pictures, and save it again as PNG or JPEG"),
        ("a.gif", moving(), "'a.gif' moves, which many readers cannot follow or stop"),
        ("a.png", b"\0" * (MAX_UPLOAD + 1), "'a.png' has 20 MB; the most is 20 MB"),
        ("a.png", picture(30000, 2000, mode="1"), "'a.png' has 30000 by 2000 pixels"),
    ],
)
def test_what_is_no_picture_is_refused(name, data, said):
    """Each with its reason and what to do."""
    with pytest.raises(PictureRefused, match=said):
        made_fit(name, data)


def test_words_for_a_picture_are_words():
    """They cannot end the picture's brackets or begin something else."""
    assert alt_text(" a\n ](javascript:x) <b>& `c` ") == r"a \](javascript:x) \<b>\& \`c\`"
    with pytest.raises(PictureRefused, match="have 301 characters; the most is 300"):
        alt_text("x" * 301)
