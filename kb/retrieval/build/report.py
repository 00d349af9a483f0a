"""The report of a build."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from kb.retrieval.index.versions import VersionFiles


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The result of a build; ``kb build --json`` prints it."""

    version: str
    articles: int
    passages: int
    examples: int
    encoded: int
    """Texts of the articles that had to be encoded."""
    reused: int
    """Texts of the articles whose vectors were known."""
    took_s: float
    live_s: float
    """Seconds until the articles' current text was published; the whole build, unless learning followed."""
    calibration: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``kb build --json`` prints."""
        return {**asdict(self), "took_s": round(self.took_s, 2), "live_s": round(self.live_s, 2)}

    @classmethod
    def of(cls, version: VersionFiles, took_s: float, *, live_s: float | None = None, encoded: int = 0) -> BuildReport:
        """Return the report of a build that created, or found, a version.

        :param version: Its manifest is read.
        :param took_s: Seconds of the whole build.
        :param live_s: Seconds until it was live; the whole build if not given.
        :param encoded: Texts of the articles that had to be encoded.
        :return: The report.
        """
        counts = version.manifest["counts"]
        return cls(
            version=version.name,
            articles=counts["articles"],
            passages=counts["passages"],
            examples=counts["examples"],
            encoded=encoded,
            reused=counts["units"] - encoded,
            took_s=took_s,
            live_s=took_s if live_s is None else live_s,
            calibration=version.manifest["calibration"],
        )
