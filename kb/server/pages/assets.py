"""Files that the pages load: our scripts and styles, and those that Streamlit brings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from streamlit import file_util

from kb.html.parts import frame, theme

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from kb.types import Picture

_MEDIA_TYPES: Final = {"jpg": "image/jpeg", "svg": "image/svg+xml"}
_PICTURE_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""For a picture that is opened by itself: a drawing has styles of its own, and nothing may run or be loaded."""


def routes() -> list[Route | Mount]:
    """Return the routes of our own files and of the typeface."""
    address, _ = frame.style_sheet()
    return [
        Route("/assets/text.woff2", _font),
        Route(address, _style_sheet),
        Route("/assets/theme.css", _theme),
        Route("/assets/icon.svg", _icon),
        Mount("/assets", StaticFiles(directory=frame.STATIC)),
    ]


def picture(pictures: Mapping[str, Picture], name: str, kept_by: str = "public") -> Response:
    """Return a picture of an article.

    :param pictures: Those that may be shown, by name.
    :param name: Names what is in it, so that a browser need never ask for it again.
    :param kept_by: Who may keep it: everybody on the way (``public``), or the reader's browser alone (``private``).
    :return: The picture, or 404.
    """
    found = pictures.get(name)
    if found is None:
        return Response(status_code=404)
    kind = name.rpartition(".")[2]
    headers = {"Cache-Control": f"{kept_by}, max-age=31536000, immutable", "Content-Security-Policy": _PICTURE_POLICY}
    return Response(found.data, media_type=_MEDIA_TYPES.get(kind, f"image/{kind}"), headers=headers)


def static_paths() -> frozenset[str]:
    """Return the addresses of Streamlit's own files, its shell left out."""
    folder = Path(file_util.get_static_dir())
    return frozenset(f"/{f.relative_to(folder).as_posix()}" for f in folder.rglob("*") if f.is_file()) - {"/index.html"}


def _style_sheet(request: Request) -> Response:
    """Return the styles of every page; the address names the text, so that a browser asks for it once."""
    del request
    _, css = frame.style_sheet()
    return Response(css, media_type="text/css", headers={"Cache-Control": "public, max-age=31536000, immutable"})


def _theme(request: Request) -> Response:
    """Return the operator's color for plain pages; the query names the text."""
    del request
    return Response(theme.css(), media_type="text/css", headers={"Cache-Control": "public, max-age=86400"})


def _icon(request: Request) -> Response:
    """Return the sign of the help center, in its color."""
    del request
    return Response(theme.icon(), media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=3600"})


def _font(request: Request) -> Response:
    """Return the application's own typeface, so that plain pages look like the others."""
    del request  # one font for all
    media = Path(file_util.get_static_dir(), "static", "media")
    file = next(iter(sorted(media.glob("SourceSansVF-Upright*.woff2"))), None)
    if file is None:  # another Streamlit has another font; the system's is next in line
        return Response(status_code=404)
    return FileResponse(file, media_type="font/woff2", headers={"Cache-Control": "public, max-age=86400"})
