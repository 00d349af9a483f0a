"""What Streamlit would find out about this machine, its network and its packages, and nobody needs to know."""

from __future__ import annotations

from streamlit import net_util
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.runtime.metrics_util import Installation


def keep_quiet() -> None:
    """Have Streamlit ask nobody for this machine's addresses, and tell no browser which machine this is.

    It compares the origin of a foreign page with addresses that it asks a service on the internet for, and greets every
    page with a number made from the machine's id. At the start it reads the description of each installed package, in
    search of components that are shown by name; there are none, and that takes a quarter of a second. Nothing of this
    can be switched off by a setting.
    """
    net_util.get_external_ip = net_util.get_internal_ip = _unknown
    nobody = Installation.__new__(Installation)
    nobody.installation_id_v3 = nobody.installation_id_v4 = ""
    Installation._instance = nobody  # noqa: SLF001 - what its own instance() returns
    BidiComponentManager.discover_and_register_components = _no_components  # type: ignore[assignment,method-assign]


def _unknown() -> str | None:
    """Return no address."""
    return None


def _no_components(_manager: BidiComponentManager, *, start_file_watching: bool = True) -> None:
    """Find no component."""
    del start_file_watching
