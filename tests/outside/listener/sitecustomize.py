"""Writes down whatever a process does that could leave it; Python imports this first where it is on the path.

Every process of the walk imports it, those that the product starts as well. A library that calls out is caught with the
name of its module, whether the call succeeds or not.
"""

import json
import os
import sys
import sysconfig

_FILE = os.environ.get("CALLS_ARE_WRITTEN_TO", "")
_ADDRESSES = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
    "socket.getnameinfo": 0,
    "http.client.connect": 1,
    "smtplib.connect": 1,
    "ftplib.connect": 1,
    "imaplib.open": 1,
    "poplib.connect": 1,
    "urllib.Request": 0,
    "webbrowser.open": 0,
}
"""Events that name an address, and which argument of theirs it is."""
_PROCESSES = {
    "subprocess.Popen": 1,
    "os.system": 0,
    "os.exec": 1,
    "os.posix_spawn": 1,
    "os.spawn": 2,
    "pty.spawn": 0,
}
"""Events that start a program, and which argument of theirs its words are."""
_OTHERS = ("os.fork", "os.forkpty")
_MACHINE = ("machine-id", "machine_id_v4")
"""Files that tell one machine from every other."""
_LIBRARY = (sysconfig.get_path("stdlib"), "<frozen")


def _places():
    """Return the places that led here outside Python's own library, innermost first."""
    found = []
    frame = sys._getframe(2)
    while frame is not None and len(found) < 6:
        file = frame.f_code.co_filename
        if not file.startswith(_LIBRARY) or "site-packages" in file:
            found.append(f"{frame.f_globals.get('__name__', file)}:{frame.f_lineno}")
        frame = frame.f_back
    return found


def _note(event, arguments):
    """Write an event down, if it is one of those."""
    if event in _ADDRESSES:
        kind, what = "address", arguments[_ADDRESSES[event]]
    elif event in _PROCESSES:
        kind, what = "process", arguments[_PROCESSES[event]]
    elif event in _OTHERS:
        kind, what = "process", event
    elif event == "open" and isinstance(arguments[0], str) and arguments[0].endswith(_MACHINE):
        kind, what = "file", arguments[0]
    else:
        return
    if isinstance(what, (list, tuple)):
        what = [each if isinstance(each, int) else os.fsdecode(each) for each in what]
    elif what is not None:
        what = os.fsdecode(what) if isinstance(what, (bytes, os.PathLike)) else str(what)
    line = json.dumps({"event": event, "kind": kind, "what": what, "places": _places()})
    os.write(_written_to, f"{line}\n".encode())


if _FILE:
    _written_to = os.open(_FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    sys.addaudithook(_note)
