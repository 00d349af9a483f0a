"""Write requirements.lock: every dependency, runtime and development, pinned with hashes, without torch.

torch is a step of its own (see the Makefile): which build of it is right depends on the machine, and a hash for one
build refuses every other. The packages that only its CUDA builds need go with it. Run by ``make lock``.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
LEFT_OUT = re.compile(r"(torch|triton|nvidia-[a-z0-9-]+|cuda-[a-z]+)==")
COMMAND = (
    "uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header "
    "--no-annotate --no-emit-index-url --no-emit-find-links --upgrade --quiet"
)


def main() -> None:
    """Resolve, drop torch and what belongs to it, and refuse a lock file that names a host."""
    uv = Path(sys.executable).with_name("uv")
    done = subprocess.run([uv, *COMMAND.split()[1:]], cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603 — our own words
    pins = re.split(r"\n(?=\S)", done.stdout.strip())
    kept = [pin for pin in pins if not LEFT_OUT.match(pin)]
    text = "# Written by 'make lock'; torch is installed on its own.\n" + "\n".join(kept) + "\n"
    if "://" in text:
        raise SystemExit("The lock file would name a host; nothing was written.")
    LOCK.write_text(text, encoding="utf-8")
    print(f"{LOCK.name}: {len(kept)} packages")


if __name__ == "__main__":
    main()
