"""What Streamlit would find out about this machine and its network, and nobody needs to know."""

from __future__ import annotations

from streamlit import net_util
from streamlit.runtime.metrics_util import Installation


def keep_quiet() -> None:
    """Have Streamlit ask nobody for this machine's addresses, and tell no browser which machine this is.

    It compares the origin of a foreign page with addresses that it asks a service on the internet for, and greets every
    page with a number made from the machine's id. Neither can be switched off by a setting.
    """
    net_util.get_external_ip = net_util.get_internal_ip = _unknown
    nobody = Installation.__new__(Installation)
    nobody.installation_id_v3 = nobody.installation_id_v4 = ""
    Installation._instance = nobody  # noqa: SLF001 - what its own instance() returns


def _unknown() -> str | None:
    """Return no address."""
    return None
