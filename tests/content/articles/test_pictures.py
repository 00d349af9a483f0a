"""Pictures next to articles: read, checked, and named by what they hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from kb.content.articles.corpus import Corpus, load_articles
from kb.content.articles.pictures import MAX_PIXELS
from kb.content.articles.working_copy import WorkingCopy
from kb.types import Severity
from tests.pictures import drawing, picture
from tests.support import write_article


def loaded(folder: Path, body: str, files: dict[str, bytes]) -> Corpus:
    """Return a corpus of one article, with files in its folder."""
    path = write_article(folder, "menu", body)
    for name, data in files.items():
        target = path.parent / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return load_articles(folder)


def codes(corpus: Corpus) -> list[tuple[int, str, Severity]]:
    return [(f.line, f.code, f.severity) for f in corpus.findings]


def test_a_picture_is_known_by_its_address_and_named_by_what_it_holds(tmp_path: Path):
    """The name has the size; the same picture is held once, whatever it is called."""
    body = "Look:\n\n![Menu](menu.png)\n\n![Same](more/again.png) ![Photo](photo.JPG)\n"
    data, photo = picture(), picture(8, 6, "JPEG")
    corpus = loaded(tmp_path, body, {"menu.png": data, "more/again.png": data, "photo.JPG": photo})
    assert corpus.findings == ()
    library = corpus.library
    names = library.articles["menu"].pictures
    assert list(names) == ["menu.png", "more/again.png", "photo.JPG"]
    assert names["menu.png"] == names["more/again.png"]
    assert names["menu.png"].endswith("-40x30.png")
    assert names["photo.JPG"].endswith("-8x6.jpg")
    assert {name: found.data for name, found in library.pictures.items()} == {
        names["menu.png"]: data,
        names["photo.JPG"]: photo,
    }


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("https://example.com/a.png", "picture-elsewhere"),
        ("data:image/png;base64,AAAA", "picture-elsewhere"),
        ("//example.com/a.png", "picture-elsewhere"),
        ("/etc/a.png", "picture-elsewhere"),
        ("../a.png", "picture-elsewhere"),
        ("more/../../a.png", "picture-elsewhere"),
        ("a.png?size=2", "picture-elsewhere"),
        ("missing.png", "picture-missing"),
        ("folder.png", "picture-missing"),
        ("drawing.pdf", "picture-type"),
        ("script.svg", "picture-drawing"),
        ("../other/pictures/a.png", "picture-elsewhere"),
        ("../pictures/missing.svg", "picture-missing"),
        ("../../pictures/a.png", "picture-missing"),
        ("text.png", "picture-type"),
        ("cut.png", "picture-type"),
        ("jpeg.png", "picture-type"),
        ("heavy.png", "picture-size"),
        ("wide.png", "picture-size"),
    ],
)
def test_what_cannot_be_shown_is_an_error_with_its_line(tmp_path: Path, address: str, code: str):
    """The article counts as broken, and says what to do."""
    (tmp_path / "a.png").write_bytes(picture())
    files = {
        "drawing.pdf": b"%PDF",
        "script.svg": drawing("<script>1</script>"),
        "text.png": b"no picture",
        "cut.png": picture(400, 300, compress_level=0)[:5000],
        "jpeg.png": picture(kind="JPEG"),
        "heavy.png": picture() + b"\0" * 20_000_000,
        "wide.png": picture(MAX_PIXELS + 1, 1),
        "folder.png/inside": b"",
    }
    corpus = loaded(tmp_path, f"Text.\n\n![words]({address})\n", files)
    assert codes(corpus) == [(9, code, Severity.ERROR)]
    assert corpus.parsed == ()
    assert corpus.findings[0].fix


def test_articles_share_a_drawing(tmp_path: Path):
    """One of the folder pictures/ is known by its way there, in every folder of articles."""
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "late.svg").write_bytes(drawing())
    for name, folder in (("one", "a"), ("two", "b")):
        write_article(tmp_path, name, "Look:\n\n![What is late](../pictures/late.svg)\n", category=folder)
    corpus = load_articles(tmp_path)
    assert corpus.findings == ()
    (shown,) = corpus.library.pictures.values()
    assert shown.name.endswith("-360x240.svg")
    assert shown.data == drawing()
    assert all(a.pictures == {"../pictures/late.svg": shown.name} for a in corpus.articles)


def test_a_refused_drawing_is_named_with_its_line(tmp_path: Path):
    """The finding is where the article shows it; its message says where in the drawing, and what to do."""
    corpus = loaded(tmp_path, "![words](a.svg)\n", {"a.svg": drawing("\n<rect onclick='x'/>")})
    (finding,) = corpus.findings
    assert finding.message.endswith("a.svg, line 2: the attribute 'onclick' is not allowed")
    assert "plain SVG" in finding.fix


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path):
    """Not even one of the file system."""
    secret = tmp_path / "secret.png"
    secret.write_bytes(picture())
    folder = tmp_path / "articles"
    path = write_article(folder, "menu", "![words](a.png)\n")
    (path.parent / "a.png").symlink_to(secret)
    assert [f.code for f in load_articles(folder).findings] == ["picture-missing"]


def test_a_photo_that_says_where_it_was_taken(tmp_path: Path):
    """It is shown all the same; the editor decides."""
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    corpus = loaded(tmp_path, "![words](a.jpg)\n", {"a.jpg": picture(kind="JPEG", exif=exif)})
    assert codes(corpus) == [(7, "picture-location", Severity.WARNING)]
    assert len(corpus.library.pictures) == 1


def test_a_draft_s_picture_is_not_for_customers(tmp_path: Path):
    """The corpus has it, for editors; the library does not."""
    path = write_article(tmp_path, "menu", "![words](a.png)\n", status="draft")
    (path.parent / "a.png").write_bytes(picture())
    corpus = load_articles(tmp_path)
    assert len(corpus.pictures) == 1
    assert corpus.library.pictures == {}


def test_a_working_copy_notices_a_picture_that_is_saved_again(tmp_path: Path):
    """Its name changes with what it holds."""
    path = write_article(tmp_path, "menu", "![words](a.png)\n")
    copy = WorkingCopy(tmp_path, {})
    copy.refresh()
    assert [f.code for f in copy.corpus.findings] == ["picture-missing"]
    (path.parent / "a.png").write_bytes(picture())
    assert copy.refresh() == {str(path.parent / "a.png")}
    (first,) = copy.corpus.pictures
    (path.parent / "a.png").write_bytes(picture(50, 30))
    copy.refresh()
    (second,) = copy.corpus.pictures
    assert first.endswith("-40x30.png")
    assert second.endswith("-50x30.png")
    assert copy.paths == {str(path)}
