"""Everything that can be wrong with an installation, checked one after the other, each with its remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from kb.care.checks import articles, encoders, engine, index, journal, machine, network, program, releases, site, staff
from kb.care.installation import Installation
from kb.care.results import Result, from_error, problem
from kb.errors import KbError

Check: TypeAlias = Callable[[Installation], Iterator[Result]]

CHECKS: Final[tuple[tuple[str, Check], ...]] = (
    ("python", program.python),
    ("packages", program.packages),
    ("environment", program.environment),
    ("account", program.account),
    ("programs", program.programs),
    ("site", site.site),
    ("hosts", site.hosts),
    ("hand-over", site.handover),
    ("articles", articles.articles),
    ("encoder", encoders.encoder),
    ("index", index.index),
    ("versions", index.versions),
    ("answers", index.answers),
    ("fresh", index.fresh),
    ("engine", engine.engine),
    ("releases", releases.releases),
    ("journal", journal.journal),
    ("staff", staff.staff),
    ("provider", staff.provider),
    ("folders", machine.folders),
    ("disk", machine.disk),
    ("memory", machine.memory),
    ("files", machine.files),
    ("clock", machine.clock),
    ("port", machine.port),
    ("leftovers", machine.leftovers),
    ("connect", network.connect),
)
"""Every check, in the order of the report."""


def examine(installation: Installation) -> Iterator[Result]:
    """Run every check; one that fails is reported, and the others go on.

    :param installation: What is checked; nothing of it is changed.
    :yield: One or several results of each check.
    """
    for name, check in CHECKS:
        try:
            yield from check(installation)
        except KbError as error:
            yield from_error(name, error)
        except ImportError as error:
            yield problem(name, f"a package cannot be imported ({error})", program.install_again())
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            yield problem(name, f"{place}{error.strerror or error}", "Check the path, its permissions and the disk.")
        except Exception as error:  # noqa: BLE001 - a check that breaks must not hide what the others find
            said = f"the check itself failed ({type(error).__name__}: {error})"
            yield problem(name, said, "Report it with the version of the program (kb --version).")
