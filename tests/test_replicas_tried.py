"""Replicas behind the shipped nginx configuration, over a real PostgreSQL: the short form of ``make try-replicas``."""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
from pathlib import Path

import pytest

from kb.settings.settings import Settings
from tests import postgres
from tests.support import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import try_replicas

from benchmarks.returning import Met, Returning

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


@pytest.mark.slow
@pytest.mark.skipif(NGINX is None or postgres.programs() is None, reason="nginx or PostgreSQL is not installed")
def test_visitors_go_on_when_a_replica_is_killed(built_index: Settings, tmp_path: Path) -> None:
    """Six visitors of two replicas, one of which is killed while they ask: no question is lost or doubled."""
    asked = ("why is there a late fee", "how do i set up autopay", "what's the regional sports fee")

    async def visits(cluster: try_replicas.Cluster) -> Met:
        met = Met()
        guests = [Returning(cluster.door, n, met, {}) for n in range(6)]
        await asyncio.gather(*(guest.open() for guest in guests))
        await asyncio.gather(*(guest.ask_once(f"{asked[0]} zor{n}") for n, guest in enumerate(guests)))
        questions = [asyncio.create_task(guest.ask_once(f"{asked[1]} zor{n}")) for n, guest in enumerate(guests)]
        await asyncio.to_thread(cluster.replicas[0].end, signal.SIGKILL)
        await asyncio.gather(*questions)
        await asyncio.gather(*(guest.ask_once(f"{asked[2]} zor{n}") for n, guest in enumerate(guests)))
        for guest in guests:
            guest.close()
        return met

    with try_replicas.running(tmp_path, built_index.index.resolve(), ROOT / built_index.site_path, 2) as cluster:
        met = asyncio.run(visits(cluster))
        counts, twice = try_replicas.journal_of(cluster)
    assert met.failed == {}
    assert met.mixed == []
    assert len(met.answered) == 18
    assert {question: counts[question] for question in met.answered} == dict.fromkeys(met.answered, 1)
    assert twice == {}
