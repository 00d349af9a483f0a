"""``kb preview``: a saved file is shown at once, a broken one above its last good version."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kb.authoring.article_watch import ArticleWatch, PageState
from kb.errors import ArticlesError
from kb.server import preview
from kb.settings.settings import Settings
from tests.pictures import picture
from tests.server.process import ROOT
from tests.support import write_article, write_signpost, write_tiny
from tests.ui.fakes import SITE

TODAY = date(2026, 11, 22)
LATE_FEE = {"title": "What is the late fee?"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of six articles and a draft."""
    return write_tiny(tmp_path / "articles")


@pytest.fixture
def watch(folder: Path) -> Iterator[ArticleWatch]:
    """Return a watcher of the folder that a test controls."""
    watch = ArticleWatch(folder, {}, lambda: TODAY)
    yield watch
    watch.close()


@pytest.fixture
def client(watch: ArticleWatch) -> Iterator[TestClient]:
    """Return a client of the preview."""
    app = preview.create_app(watch, SITE)
    with TestClient(app, base_url="http://127.0.0.1:8502", follow_redirects=False) as client:
        yield client


def test_a_picture_is_shown_as_soon_as_it_is_saved(client: TestClient, folder: Path, watch: ArticleWatch) -> None:
    """That of a draft, too; until it is there, the page says what is missing."""
    path = write_article(folder, "menu", "![The menu](menu.png)\n", status="draft")
    watch.look()
    assert "there is no picture" in client.get("/a/menu").text
    (path.parent / "menu.png").write_bytes(picture())
    watch.look()
    source = re.search(r'<img src="(/pictures/[^"]+)"', client.get("/a/menu").text)
    assert source is not None
    assert client.get(source[1]).content == picture()
    assert client.get("/pictures/nope.png").status_code == 404


def test_an_article_is_shown_as_the_customer_will_see_it(client: TestClient) -> None:
    """Through the one safe path, with title, body and the way back; the field to ask with is left out."""
    html = client.get("/a/return-equipment").text
    assert "<h1>How do I return equipment?</h1>" in html
    assert 'class="admonition tip"' in html
    assert 'role="search"' not in html


def test_signposts_are_a_group_of_their_own(client: TestClient, watch: ArticleWatch, folder: Path) -> None:
    """Those that need nothing are below the articles, which are counted without them; each is in both languages."""
    write_signpost(
        folder, "power-cut", "Call [us](late-fee).\n", title="Power cuts", es={"title": "Luz", "text": "Llame."}
    )
    write_signpost(folder, "slow-mail", title="Slow mail", status="draft")
    (folder / "elsewhere" / "broken.md").write_text("no front matter\n")
    watch.look()
    html = client.get("/").text
    articles, signposts = html.split("<h2>Signposts</h2>")
    assert "7 articles, 3 signposts." in articles
    assert [n for n in ("broken", "power-cut", "slow-mail") if f'data-article="{n}"' in articles] == [
        "broken", "slow-mail",
    ]  # fmt: skip
    assert 'data-article="power-cut"' in signposts
    page = client.get("/a/power-cut").text
    assert "<h1>Power cuts</h1>" in page
    assert '<a href="/a/late-fee"' in page
    assert '<section lang="es"><p><strong>Luz</strong></p>' in page
    assert "It has no text in Spanish" in client.get("/a/slow-mail").text


def test_a_saved_file_is_shown(client: TestClient, watch: ArticleWatch, folder: Path) -> None:
    """The next look is enough; the revision moves on."""
    before = watch.snapshot.revision
    write_article(folder, "late-fee", "Words just saved.\n", **LATE_FEE)
    assert watch.look()
    assert not watch.look()
    assert "Words just saved." in client.get("/a/late-fee").text
    assert client.get("/preview/changes", params={"since": before}).json() == {"revision": watch.snapshot.revision}


def test_a_broken_file_shows_its_findings_beside_the_last_good_version(
    client: TestClient, watch: ArticleWatch, folder: Path
) -> None:
    """Each finding has place, code, message and fix; once fixed, the new version is shown without the finding."""
    good = (folder / "fees" / "late-fee.md").read_text()
    path = folder / "fees" / "late-fee.md"
    path.write_text(good.replace("kind: ", "kindd: "))
    watch.look()
    html = client.get("/a/late-fee").text
    assert "The file has errors. This is its last version without them." in html
    assert html.count(str(path)) == 1
    assert ">3:1</code>" in html
    assert "unknown-key" in html
    assert "Did you mean &#39;kind&#39;?" in html
    places = [html.index(text) for text in ("2 errors", "<h1>What is the late fee?</h1>", "unknown-key")]
    assert places == sorted(places)
    assert "The amount stands on the statement." in html
    assert "Has errors" in client.get("/").text
    path.write_text(good.replace("The amount", "The sum"))
    watch.look()
    html = client.get("/a/late-fee").text
    assert "unknown-key" not in html
    assert "The sum stands on the statement." in html


def test_a_file_broken_from_the_start_has_a_page(folder: Path) -> None:
    """The page shows what can be read of it, and says so; of a file that is no article, that there is nothing."""
    write_article(folder, "half", "Half of it.\n", kind="nonsense")
    (folder / "fees" / "none.md").write_text("only words\n")
    watch = ArticleWatch(folder, {})
    with TestClient(preview.create_app(watch, SITE), base_url="http://127.0.0.1") as client:
        html = client.get("/a/half").text
        assert "nothing of it can be shown yet" in client.get("/a/none").text
    assert "This is what could be read of it" in html
    assert "<p>Half of it.</p>" in html
    assert "schema" in html


def test_the_list_names_drafts_new_and_deleted_files(client: TestClient, watch: ArticleWatch, folder: Path) -> None:
    """Drafts are marked; a new file is listed, and a deleted one is named and can still be read."""
    html = client.get("/").text
    assert html.count("<li data-article") == 7
    assert '<span class="kb-kind">Draft</span>' in html
    write_article(folder, "brand-new", title="Brand new?")
    gone = folder / "autopay" / "paper-bill.md"
    gone.unlink()
    watch.look()
    html = client.get("/").text
    assert "Brand new?" in html
    assert "Deleted since the preview started" in html
    assert str(gone) in html
    assert "The file was deleted." in client.get("/a/paper-bill").text
    page = watch.snapshot.find("paper-bill")
    assert page is not None
    assert page.state is PageState.GONE


def test_the_whole_check_follows(client: TestClient, watch: ArticleWatch, folder: Path) -> None:
    """At first the findings of the file alone, then those that need all articles."""
    path = write_article(folder, "late-fee", "See [that](no-such-article).\n", **LATE_FEE)
    watch.look()
    assert "Checking…" in client.get("/a/late-fee").text
    watch.check()
    html = client.get("/a/late-fee").text
    assert "Checking…" not in html
    assert str(path) in html
    assert ">7:12</code>" in html
    assert "dead-link" in html
    assert "dead-link" in client.get("/").text


def test_only_pages_that_there_are_are_linked(client: TestClient) -> None:
    """The top and the breadcrumb lead to the list and to the ways to an agent; other pages are not promised."""
    html = client.get("/a/late-fee").text
    assert set(re.findall('href="(/[^"]*)"', html)) - {"/assets/icon.svg"} >= {"/", "/contact", "/browse#topic-fees"}
    targets = {href.split("#")[0] for href in re.findall('href="(/[^"]*)"', html)}
    assert [href for href in targets if client.get(href).status_code not in (200, 307)] == []
    reply = client.get("/bill")
    assert reply.status_code == 404
    assert "The preview does not have this page" in reply.text


def test_a_check_of_older_files_is_not_shown(watch: ArticleWatch, folder: Path, monkeypatch) -> None:
    """What was saved during the check is not covered by its findings."""

    def save_meanwhile(*_args: object, **_options: object) -> list[object]:
        write_article(folder, "late-fee", "Newer.\n", **LATE_FEE)
        watch.look()
        return []

    monkeypatch.setattr("kb.authoring.article_watch.check_corpus", save_meanwhile)
    watch.check()
    page = watch.snapshot.find("late-fee")
    assert page is not None
    assert not page.is_checked


def test_an_overdue_article_carries_its_note(client: TestClient, watch: ArticleWatch, folder: Path) -> None:
    """An overdue article has the same note as on the customer's page."""
    path = write_article(folder, "late-fee", review_in_days=30)
    path.write_text(path.read_text().replace("review_in_days", "reviewed: 2020-05-01\nreview_in_days"))
    watch.look()
    assert "last reviewed on May 1, 2020 and is due for review" in client.get("/a/late-fee").text


def test_hostile_markdown_stays_text(client: TestClient, watch: ArticleWatch, folder: Path) -> None:
    """In the body, in the title and in what a finding repeats."""
    body = '<script>alert(1)</script> <img src=x onerror="alert(1)"> [x](javascript:alert(1))\n'
    write_article(folder, "late-fee", body, title="<script>alert(2)</script>")
    watch.look()
    watch.check()
    for address in ("/", "/a/late-fee"):
        html = client.get(address).text
        assert html.count("<script") == 1  # the preview's own
        assert "<img" not in html
        assert 'href="javascript:' not in html


@pytest.mark.parametrize(
    ("address", "target"),
    [("/article?id=late-fee", "/a/late-fee"), ("/article?id=a/../b", "/a/a%2F..%2Fb")],
)
def test_addresses_of_the_application_lead_to_the_preview(client: TestClient, address: str, target: str) -> None:
    """Links that an editor copied work here, too."""
    assert client.get(address).headers["location"] == target


def test_an_earlier_id_leads_to_the_article(client: TestClient, watch: ArticleWatch, folder: Path) -> None:
    """Also when the file of that name was deleted a moment ago, as kb rename does."""
    (folder / "autopay" / "paper-bill.md").rename(folder / "autopay" / "printed-bill.md")
    write_article(folder, "printed-bill", category="autopay", redirects=["paper-bill"])
    watch.look()
    assert client.get("/a/paper-bill").headers["location"] == "/a/printed-bill"


def test_unknown_addresses_and_foreign_names(client: TestClient) -> None:
    """404 with a way back; 400 for a name that is not this computer's, so that no other page can read drafts."""
    reply = client.get("/a/nope")
    assert reply.status_code == 404
    assert "As soon as one is saved" in reply.text
    assert client.get("/nope").status_code == 404
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_the_policy_lets_only_our_script_run(client: TestClient) -> None:
    """No inline script, no other host."""
    policy = client.get("/a/late-fee").headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; connect-src 'self'" in policy
    assert "unsafe" not in policy
    assert client.get("/assets/preview.js").status_code == 200


def test_whoever_waits_is_woken_by_a_change_and_by_the_end(watch: ArticleWatch, folder: Path) -> None:
    """The newest revision comes at once; nothing new comes when the patience ends."""

    async def scenario() -> tuple[int, int, int]:
        seen = watch.snapshot.revision
        nothing = await watch.changed(seen, 0.01)
        waiting = asyncio.create_task(watch.changed(seen, 30))
        await asyncio.sleep(0)
        write_article(folder, "late-fee", "Woken.\n")
        await asyncio.to_thread(watch.look)
        changed = await waiting
        last = asyncio.create_task(watch.changed(changed, 30))
        await asyncio.sleep(0)
        await asyncio.to_thread(watch.stop)
        return nothing - seen, changed - seen, await last - seen

    assert asyncio.run(scenario()) == (0, 1, 1)


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    """A missing folder is reported in one sentence, before a port is used."""
    with pytest.raises(ArticlesError, match="is not a folder"):
        preview.preview(Settings(articles=tmp_path / "none"), port=0)


def changed(origin: str, since: int) -> int:
    """Wait for the next revision."""
    with urllib.request.urlopen(f"{origin}/preview/changes?since={since}", timeout=30) as reply:
        return json.load(reply)["revision"]


def read(origin: str, path: str) -> str:
    """Return a page."""
    with urllib.request.urlopen(f"{origin}{path}", timeout=30) as reply:
        return reply.read().decode()


def wait_until_shown(origin: str, path: Path, text: str, since: int) -> None:
    """Save a text, and return once an event was followed by a page with the text in it."""
    path.write_text(text, encoding="utf-8")
    page = ""
    while text.splitlines()[-1] not in page:
        since = changed(origin, since)
        page = read(origin, f"/a/{path.stem}")


def test_a_saved_change_is_on_the_wire(folder: Path) -> None:
    """The real command, on a free port, changed again and again; stopped while a page waits, it ends at once."""
    command = [sys.executable, "-m", "kb", "preview", "--articles", str(folder), "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=folder.parent, env=environment, text=True) as process:
        assert process.stdout is not None
        try:
            origin = process.stdout.readline().removeprefix("Open ").strip()
            path = folder / "fees" / "late-fee.md"
            old = path.read_text(encoding="utf-8")
            for n in range(3):
                wait_until_shown(origin, path, f"{old}\nMarker {n} of the test.", changed(origin, 0))
            since = changed(origin, 0)
            waiting = threading.Thread(target=changed, args=(origin, since), daemon=True)
            waiting.start()
        finally:
            process.terminate()
            process.wait(timeout=20)
    assert process.returncode in (0, -15)


def test_a_translation_is_shown_with_its_own_findings(client: TestClient, folder: Path, watch: ArticleWatch) -> None:
    """A link below the article's path leads to it; one that is gone shows the article."""
    path = folder / "fees" / "late-fee.es.md"
    path.write_text(
        '---\ntitle: "¿Qué es?"\nsummary: "Un cargo."\n---\n\nUn cargo.\n\n## Cuánto\n\nSe ve en la factura.\n', "utf-8"
    )
    watch.look()
    watch.check()
    assert 'href="/a/late-fee?lang=es" hreflang="es">late-fee.es.md</a>' in client.get("/a/late-fee").text
    html = client.get("/a/late-fee?lang=es").text
    assert "¿Qué es?</h1>" in html
    assert "<code>" + str(path) in html
    assert "translation-outdated" in html
    path.unlink()
    watch.look()
    assert "What is the late fee?</h1>" in client.get("/a/late-fee?lang=es").text
