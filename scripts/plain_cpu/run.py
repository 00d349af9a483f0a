"""Run a command as if the processor had only AVX2: without AVX-512, VNNI and AMX, at full speed.

::

    python scripts/plain_cpu/run.py python -m pytest …
    python scripts/plain_cpu/run.py --check          # 0: it works here; 3: it does not, and why

Linux on x86-64 with a C compiler, on a processor (and under a hypervisor) that can let CPUID fault.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

SOURCE = Path(__file__).with_name("plain_cpu.c")
CANNOT = 3
_REFUSED = 97
"""As the C source has it."""


def compiled(folder: Path) -> Path:
    """Compile the library.

    :param folder: Where the library is written.
    :return: The path to put into ``LD_PRELOAD``.
    :raises RuntimeError: If this machine cannot compile it, with the reason.
    """
    if platform.system() != "Linux" or platform.machine() not in ("x86_64", "AMD64"):
        raise RuntimeError("plain_cpu works on Linux on x86-64 alone")
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise RuntimeError("plain_cpu needs a C compiler: install gcc or clang, or name one in CC")
    library = folder / "plain_cpu.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", str(library), str(SOURCE)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{SOURCE.name} cannot be compiled: {done.stderr.strip()}")
    return library


def run(command: Sequence[str]) -> int:
    """Run a command and return its status.

    :param command: Program and arguments.
    :return: The command's status, or 3 if the features cannot be hidden here.
    """
    with tempfile.TemporaryDirectory() as folder:
        try:
            library = compiled(Path(folder))
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return CANNOT
        loaded = " ".join(filter(None, [str(library), os.environ.get("LD_PRELOAD", "")]))
        environ = {**os.environ, "LD_PRELOAD": loaded}
        status = subprocess.run(command, env=environ, check=False).returncode
    return CANNOT if status == _REFUSED else status


def main(arguments: Sequence[str]) -> int:
    """Run the command that the command line names."""
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    return run([sys.executable, "-c", ""] if list(arguments) == ["--check"] else arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
