"""What is shipped for operators: the container recipe, the proxy's configuration and the service of systemd.

``test_deploy_tried`` starts the proxy; here the files are read, so that a broken promise is noticed early.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
import sqlalchemy as sa
import yaml

from kb.database.engine import open_engine, reading, upgrade
from kb.server.connections import BODY_SECONDS, HEAD_SECONDS
from kb.settings.settings import ENVIRONMENT
from kb.writing.uploads import MAX_UPLOAD
from tests.support import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import container

FIRST, LAST = container.stages((ROOT / "deploy/Containerfile").read_text(encoding="utf-8"))


def test_what_is_copied_exists_and_is_let_through():
    """Each source is in the checkout, and the list of what an engine is handed names it."""
    passed = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sources = [source for word, rest in FIRST if word == "COPY" for source in rest.split()[:-1]]
    assert sources
    for source in sources:
        assert (ROOT / source).exists()
        assert f"!{source}" in passed


def test_the_lock_file_is_used_with_its_hashes():
    """Only the project itself is installed without hashes, and that step downloads nothing."""
    installs = [rest for word, rest in FIRST if word == "RUN" and "install" in rest]
    assert len(installs) == 2
    assert "--no-deps --require-hashes --only-binary :all: -r requirements.lock" in installs[0]
    assert installs[1].endswith("--no-deps --no-build-isolation .")


def test_it_serves_as_nobody_in_particular():
    """Neither root nor a shell; all that is written is in one volume; the check asks whether an index serves."""
    last = dict(LAST)
    assert last["USER"].isdecimal()
    assert last["USER"] != "0"
    assert last["VOLUME"] == "/data"
    assert "KB_DATABASE_URL=sqlite:////data/" in last["ENV"]
    assert json.loads(last["CMD"])[:2] == ["kb", "serve"]
    assert "/readyz" in json.loads(last["HEALTHCHECK"].partition("CMD ")[2])[-1]
    assert [word for word, _ in LAST].index("USER") < [word for word, _ in LAST].index("CMD")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FROM a\n# no\nRUN x \\\n  y\n\ncopy b c/\n", [[("FROM", "a"), ("RUN", "x    y"), ("COPY", "b c/")]]),
        ("ARG A=1\nFROM a AS b\nFROM c", [[("FROM", "a AS b")], [("FROM", "c")]]),
    ],
)
def test_the_reader_of_recipes(text, found):
    """Comments, continued lines, stages."""
    assert container.stages(text) == found


# -------------------------------------------------------------------------------------------------------- nginx

NGINX = (ROOT / "deploy/nginx/billing-help.conf").read_text(encoding="utf-8")
SERVERS = re.findall(r"^server \{\n(.*?)^\}", NGINX, re.MULTILINE | re.DOTALL)
STRANGERS, PLAIN, TLS = SERVERS
REPLACED = {"Host", "X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "X-Forwarded-Host", "X-Real-IP", "Connection"}


def places(server: str) -> dict[str, str]:
    """Return the locations of a server by their path."""
    return dict(re.findall(r"^    location (.+?) \{\n(.*?)^    \}", server, re.MULTILINE | re.DOTALL))


def sent_on(text: str) -> dict[str, str]:
    """Return the headers that are set for the program."""
    return dict(re.findall(r"proxy_set_header (\S+) (.+);", text))


def test_what_a_client_sends_is_replaced():
    """Every header that could name another address or host; a place that sets one sets all, since it inherits none."""
    around = sent_on(re.sub(r"^    location .*?^    \}", "", TLS, flags=re.MULTILINE | re.DOTALL))
    assert set(around) == REPLACED
    for path, text in places(TLS).items():
        here = sent_on(text)
        assert not here or set(here) == REPLACED | {"Upgrade"}, path
    for headers in (around, sent_on(places(TLS)["= /_stcore/stream"])):
        assert headers["X-Forwarded-For"] == "$remote_addr"  # not $proxy_add_x_forwarded_for, which keeps a forged one
        assert headers["X-Forwarded-Proto"] == "$scheme"
        assert {headers[name] for name in ("Forwarded", "X-Forwarded-Host", "X-Real-IP")} == {'""'}


def test_old_tls_is_spoken_nowhere():
    """Versions are chosen before the host is known: the first server must name them as well."""
    for server in (STRANGERS, TLS):
        assert "ssl_protocols TLSv1.2 TLSv1.3;" in server
        assert "client_header_timeout" in server
    ciphers = re.search(r"ssl_ciphers (\S+);", TLS)[1].split(":")
    assert all(re.match(r"ECDHE-\w+-(AES(128|256)-GCM|CHACHA20)", cipher) for cipher in ciphers)
    assert "ssl_reject_handshake on;" in STRANGERS
    assert 'Strict-Transport-Security "max-age=63072000; includeSubDomains" always' in TLS


def test_plain_http_leads_readers_on_and_programs_nowhere():
    """Pages are redirected, calls of the API are refused, and nothing is handed to the program."""
    assert "return 403" in places(PLAIN)["/api/"]
    assert "return 308 https://" in places(PLAIN)["/"]
    assert "proxy_pass" not in PLAIN


def test_figures_are_not_handed_out():
    """Health and figures end at the proxy, and it writes no address down, which may hold a question."""
    for path in ("/metrics", "/readyz", "/healthz"):
        assert "return 404" in places(TLS)[f"= {path}"]
    assert all("access_log off;" in server for server in SERVERS)


def test_the_proxy_is_tighter_than_the_program():
    """What it lets through fits into the program's own bounds; a page may stay open longer than two pings."""
    assert "client_max_body_size 1m;" in TLS
    assert "client_max_body_size 21m;" in places(TLS)["^~ /_stcore/upload_file/"]
    assert int(re.search(r"client_header_timeout (\d+)s", TLS)[1]) < HEAD_SECONDS
    assert int(re.search(r"client_body_timeout (\d+)s", TLS)[1]) < BODY_SECONDS
    assert int(re.search(r"proxy_read_timeout (\d+)s", places(TLS)["= /_stcore/stream"])[1]) > 60
    assert MAX_UPLOAD < 21 * 1024 * 1024


# ------------------------------------------------------------------------------------------------------- systemd

UNIT = (ROOT / "deploy/systemd/billing-help.service").read_text(encoding="utf-8")


def test_the_service_may_do_little():
    """Its own user, one folder to write, no privileges, and nobody to speak to but this machine."""
    given = dict(line.split("=", 1) for line in UNIT.splitlines() if re.match(r"[A-Z]\w+=", line))
    wanted = {
        "User": "billing-help", "NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "ProtectSystem": "strict",
        "ProtectHome": "yes", "PrivateTmp": "yes", "PrivateDevices": "yes", "IPAddressDeny": "any",
        "IPAddressAllow": "localhost", "RestrictSUIDSGID": "yes", "MemoryDenyWriteExecute": "yes", "UMask": "0077",
    }  # fmt: skip
    assert {name: given.get(name) for name in wanted} == wanted
    assert int(given["LimitNOFILE"]) >= 16_384
    named = set(re.findall(r"^#?Environment=(KB_\w+)", UNIT, re.MULTILINE))
    assert named <= {"KB_CACHE", *ENVIRONMENT.values()}
    assert "--host 127.0.0.1" in given["ExecStart"]


REPLICAS = (ROOT / "deploy/systemd/billing-help@.service").read_text(encoding="utf-8")


def test_the_service_of_a_replica_may_do_no_more():
    """The same lines, but for its port, its database, and the wait for the proxy; the database has to be named."""
    one, many = (set(re.findall(r"(?m)^[A-Z].*$", text)) for text in (UNIT, REPLICAS))
    given = {line.split("=", 1)[0] for line in many - one}
    assert given == {"Description", "Environment", "EnvironmentFile", "ExecStart", "TimeoutStopSec"}
    assert "Environment=KB_DRAIN_SECONDS=3" in many
    assert "KB_DATABASE_URL=" not in "".join(many)
    assert "EnvironmentFile=/etc/billing-help.env" in many
    assert "--host 127.0.0.1 --port %i" in REPLICAS


def test_containers_are_joined_as_the_files_say():
    """Every file, image, service and address that compose.yaml names exists, and each is named once."""
    compose = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text(encoding="utf-8"))
    services = compose["services"]
    replicas = {name: each for name, each in services.items() if name.startswith("replica-")}
    assert len(replicas) == 3
    addresses = {name: each["networks"]["inside"]["ipv4_address"] for name, each in services.items()}
    assert len(set(addresses.values())) == len(services)
    placed = " ".join(services["proxy"]["command"])
    for number, name in enumerate(replicas, 8501):
        assert f"server 127.0.0.1:{number}/server {addresses[name]}:8501/" in placed
        assert re.search(rf"server 127\.0\.0\.1:{number} max_fails=1", NGINX)
        environment = replicas[name]["environment"]
        assert f"@{addresses['database']}:5432/help" in environment["KB_DATABASE_URL"]
        assert environment["FORWARDED_ALLOW_IPS"] == addresses["proxy"]
        assert set(environment) - {"FORWARDED_ALLOW_IPS"} <= set(ENVIRONMENT.values())
        assert (ROOT / "deploy" / replicas[name]["build"]["context"] / "deploy/Containerfile").is_file()
    volumes = [volume.split(":") for each in services.values() for volume in each.get("volumes", ())]
    assert {source for source, *_ in volumes if not source.startswith(".")} == set(compose["volumes"])
    ours = [source for source, *_ in volumes if source.startswith("./") and source != "./certificates"]
    assert all((ROOT / "deploy" / source).is_file() for source in ours)


@pytest.mark.skipif(shutil.which("psql") is None, reason="psql is not installed")
def test_the_roles_are_enough_for_the_program(postgres_server):
    """The script may run again; what kb_serve makes belongs to kb_owner; nobody else may connect."""
    environment = {
        **os.environ,
        "PGHOST": "127.0.0.1",
        "PGPORT": str(postgres_server.port),
        "PGUSER": postgres_server.user,
    }
    for _ in range(2):
        done = subprocess.run(
            ["sh", str(ROOT / "deploy/postgresql/roles.sh")],
            env={**environment, "KB_DATABASE_PASSWORD": "it's \\ \"odd\""},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    engine = open_engine(f"postgresql://kb_serve@127.0.0.1:{postgres_server.port}/help")
    upgrade(engine)
    with reading(engine) as connection:
        owners = connection.execute(sa.text("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"))
        assert owners.scalars().all() == ["kb_owner"]
        may = sa.text("SELECT has_database_privilege('public', 'help', 'CONNECT')")
        assert connection.scalar(may) is False
    engine.dispose()


@pytest.mark.parametrize("unit", [UNIT, REPLICAS], ids=["one", "replicas"])
def test_systemd_accepts_the_unit(unit, tmp_path):
    """Every key means something, and the whole is rated as hardly exposed; not asked where systemd is missing."""
    program = shutil.which("systemd-analyze")
    if program is None:
        return
    text = re.sub(r"^(ExecStart=)\S+", rf"\g<1>{sys.executable}", unit, flags=re.MULTILINE)
    text = re.sub(r"^(User|Group)=.*", r"\1=root", text, flags=re.MULTILINE)  # the user is made when it is installed
    path = tmp_path / ("billing-help.service" if unit is UNIT else "billing-help@8501.service")
    path.write_text(text)
    checked = subprocess.run([program, "verify", str(path)], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    rated = subprocess.run(
        [program, "security", "--offline=yes", "--threshold=25", str(path)], capture_output=True, text=True, check=False
    )
    assert rated.returncode == 0, rated.stdout[-300:]
