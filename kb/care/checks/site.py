"""Checks of site.yaml: whether it can be read, what strangers may do, and where requests go."""

from __future__ import annotations

from collections.abc import Iterator

from kb.care.installation import Installation
from kb.care.results import Result, from_error, ok, problem, warning
from kb.common.hosts import is_loopback
from kb.contact import delivery
from kb.errors import ConfigError
from kb.types import Traffic


def site(installation: Installation) -> Iterator[Result]:
    """Check that site.yaml can be read and says what customers need."""
    settings = installation.settings
    path = settings.site_path
    if installation.site_error:
        said = f"{installation.site_error.rstrip('.')}; the server does not start until then"
        yield from_error("site", ConfigError(said))
        return
    if not path.exists():
        yield warning("site", f"there is no {path}", "Write one ('kb init' and 'kb example' do), or name it: --site")
        return
    if not settings.site.channels:
        yield warning("site", f"{path} names no way to reach an agent", "Add 'channels:'; see docs/operating.md.")
    unsourced = [channel.name for channel in settings.site.channels if not channel.is_sourced]
    if unsourced:
        yield warning(
            "site",
            f"without a source, and so not shown: {', '.join(unsourced)}",
            "Add 'source' and 'dated' to each of these channels.",
        )
    if settings.traffic is Traffic.TEST:
        yield warning(
            "site",
            "every question counts as a test (traffic: test), so that reports stay empty",
            "Remove the setting, or KB_TRAFFIC, where customers are served.",
        )
    yield ok("site", f"{path}: {settings.site.name!r}, {len(settings.site.channels)} channels")


def hosts(installation: Installation) -> Iterator[Result]:
    """Check what a stranger on the network can do."""
    names, host = installation.settings.hosts, installation.host
    is_exposed = not is_loopback(host)
    if is_exposed and not names:
        yield problem(
            "hosts",
            f"the server listens on {host}, and pages carry whatever host name a request makes up",
            "Set 'hosts' in site.yaml to the names at which visitors find it.",
        )
    if is_exposed:
        yield warning(
            "hosts",
            f"the server speaks HTTP on {host}; anyone on the way can read it",
            "Put a proxy with TLS in front; see deploy/. Let only the proxy reach the server.",
        )
    if installation.environ.get("KB_LOCAL_EDITOR") == "1" and (names or is_exposed):
        yield problem(
            "hosts",
            "KB_LOCAL_EDITOR=1 opens the page for writers without a sign-in, and this server has visitors",
            "Unset it, and give editors accounts: kb users add NAME",
        )
    if names:
        yield ok("hosts", f"found as {', '.join(names)}; any other name is refused")
    elif not is_exposed:
        yield ok("hosts", f"on {host} only; before a proxy brings visitors, set 'hosts' in site.yaml")


def handover(installation: Installation) -> Iterator[Result]:
    """Check that requests to the help desk can be delivered, as far as that is known without a connection."""
    wanted = installation.settings.site.handover
    if wanted is None:
        yield ok("hand-over", "off: no form for the help desk is shown")
        return
    try:
        delivery.carrier(wanted, installation.environ)
    except ConfigError as error:
        yield from_error("hand-over", error)
        return
    where = f"{wanted.host}:{wanted.port}" if wanted.deliver == "smtp" else wanted.url.partition("?")[0]
    tried = "" if installation.connect else "; --connect tries it"
    yield ok("hand-over", f"by {wanted.deliver} to {where}{tried}")
