"""Runs the walk in a network namespace whose way out swallows every packet, and says where they were going.

Usage: python -m tests.outside.swallow [arguments of pytest]

A usual hardening drops what leaves a server, so that a call waits until its time is over. Here a network device leads
out that this program alone reads: it notes each packet's destination, also of libraries that are not written in Python,
and answers none. Needs Linux, user namespaces and ``/dev/net/tun``.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import threading
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Final

_TUN: Final = Path("/dev/net/tun")
_TUNSETIFF: Final = 0x400454CA
_IFF_TUN: Final = 0x0001
_IFF_NO_PI: Final = 0x1000
_NAME: Final = "out0"
_INSIDE: Final = "PACKETS_ARE_SWALLOWED"
"""Set in the namespace."""
_PROBE: Final = ("203.0.113.7", 9)
"""Where a packet of our own goes, to see that packets are noted."""
_HERE: Final = ("unshare", "--net", "--user", "--map-root-user")
_PATIENCE_S: Final = 10.0


def is_possible() -> bool:
    """Return whether this machine has such namespaces."""
    if sys.platform != "linux" or not all(map(shutil.which, ("unshare", "ip"))) or not _TUN.exists():
        return False
    command = [*_HERE, "ip", "tuntap", "add", "dev", _NAME, "mode", "tun"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def command(arguments: list[str]) -> list[str]:
    """Return what runs the walk in a namespace.

    :param arguments: For pytest.
    :return: A program and its arguments.
    """
    return [*_HERE, sys.executable, "-m", "tests.outside.swallow", *arguments]


def destination(packet: bytes) -> str:
    """Return where a packet was going: address and port; empty for what the system itself sends to its neighbors."""
    if packet[0] >> 4 == 4:
        address: IPv4Address | IPv6Address = IPv4Address(packet[16:20])
        protocol, rest = packet[9], packet[(packet[0] & 15) * 4 :]
    else:
        address, protocol, rest = IPv6Address(packet[24:40]), packet[6], packet[40:]
    if address.is_multicast:
        return ""
    names = {socket.IPPROTO_TCP: "tcp", socket.IPPROTO_UDP: "udp"}
    port = struct.unpack("!H", rest[2:4])[0] if protocol in names else 0
    return f"{address} {names.get(protocol, protocol)} {port}"


class WayOut:
    """A device that takes every packet that leaves, and answers none."""

    def __init__(self) -> None:
        """Open it, and lead everything there."""
        self.seen: list[str] = []
        self._arrived = threading.Event()
        self._device = os.open(_TUN, os.O_RDWR)
        fcntl.ioctl(self._device, _TUNSETIFF, struct.pack("16sH", _NAME.encode(), _IFF_TUN | _IFF_NO_PI))
        for words in (
            "link set lo up",
            f"address add 192.0.2.2/24 dev {_NAME}",
            f"link set {_NAME} up",
            f"route add default dev {_NAME}",
        ):
            subprocess.run(["ip", *words.split()], check=True)
        threading.Thread(target=self._read, daemon=True).start()

    def check(self) -> None:
        """Send a packet out, and see it arrive."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"probe", _PROBE)
        if not self._arrived.wait(_PATIENCE_S):
            raise SystemExit("A packet that was sent out did not arrive: nothing would be noticed.")
        self.seen.clear()

    def _read(self) -> None:
        while packet := os.read(self._device, 65_535):
            where = destination(packet)
            if where:
                self.seen.append(where)
                self._arrived.set()


def main(arguments: list[str]) -> int:
    """Run pytest in the namespace; return its status, or 1 if a packet left."""
    if os.environ.get(_INSIDE) != "1":
        if not is_possible():
            sys.stdout.write("This machine cannot make such a network namespace (Linux, unshare, ip, /dev/net/tun).\n")
            return 1
        return subprocess.run(command(arguments), env={**os.environ, _INSIDE: "1"}, check=False).returncode
    way_out = WayOut()
    way_out.check()
    environment = {name: value for name, value in os.environ.items() if name != _INSIDE}
    tests = [
        sys.executable,
        "-m",
        "pytest",
        "-n0",
        "-p",
        "no:randomly",
        *(arguments or ["-m", "", "-k", "calls_out and not packet_leaves", "tests/outside"]),
    ]
    status = subprocess.run(tests, env=environment, check=False).returncode
    left = sorted(set(way_out.seen))
    sys.stdout.write(f"Packets that left: {', '.join(left) or 'none'}\n")
    return status or int(bool(left))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
