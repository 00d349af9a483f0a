"""``kb backup``, ``kb restore`` and ``kb doctor``, as an operator types them."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Kb


def test_a_backup_goes_its_way_by_command(kb: Kb, tmp_path: Path) -> None:
    """Made and proved, verified again, refused where something is, and restored; what is not in it is said."""
    (tmp_path / "site.yaml").write_text("name: Little Help\n", encoding="utf-8")
    assert kb("users", "list").status == 0  # makes the journal
    made = kb("backup", "backups", "--keep", "3")
    assert made.status == 0
    (path,) = (tmp_path / "backups").iterdir()
    assert [line.split(":")[0] for line in made.out.splitlines()[1:5]] == [
        f"  proved  {part}" for part in ("journal", "articles", "site", "index")
    ]
    assert "not in it  secrets" in made.out
    checked = kb("backup", path, "--verify", "--json").json
    assert (checked["proved"], checked["bytes"]) == (True, path.stat().st_size)
    refused = kb("restore", path)
    assert (refused.status, "--overwrite" in refused.err) == (1, True)
    assert "in the way  site: site.yaml exists" in kb("restore", path, "--dry-run").out
    (tmp_path / "site.yaml").write_text("name: [", encoding="utf-8")
    done = kb("restore", path, "--only", "site", "--overwrite")
    assert (done.status, done.out.splitlines()[-1]) == (0, "Next: kb doctor")
    assert (tmp_path / "site.yaml").read_text(encoding="utf-8") == "name: Little Help\n"
    assert kb("backup", path, "--without", "nothing").status == 2


def test_the_doctor_has_a_line_for_each_result_and_a_status(kb: Kb, tmp_path: Path) -> None:
    """A file that cannot be read is a problem and status 1; with --strict, a warning is one, too."""
    (tmp_path / "site.yaml").write_text("nmae: Little Help\n", encoding="utf-8")
    found = kb("doctor", "--port", "1", "--json")
    assert found.status == 1
    (site,) = [line for line in found.lines if line["check"] == "site"]
    assert (site["level"], site["message"]) == ("problem", "site.yaml:1:1: unknown key 'nmae'")
    (tmp_path / "site.yaml").unlink()
    plain = kb("doctor", "--port", "0", "--strict")
    assert plain.status == 2
    plain = kb("doctor", "--port", "65535", "--strict")
    assert plain.status == 1
    assert "warning  journal      there is no data/journal.db yet" in plain.out
    assert plain.out.splitlines()[-1].endswith(" problems")
    assert not (tmp_path / "data").exists()
