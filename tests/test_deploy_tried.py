"""The shipped configuration of nginx, started on loopback in front of a real server: ``make try-deploy``."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from tests.support import ROOT

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


@pytest.mark.slow
@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_every_promise_of_the_proxy_is_kept():
    """TLS, HTTP/2, websockets, forged addresses, limits, slow clients: each tried, each kept."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts/try_deploy.py")], capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("\nok ") + done.stdout.startswith("ok ") == len(done.stdout.splitlines())
