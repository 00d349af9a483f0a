"""brands.yaml: several help centers of one installation, each with a folder and host names of its own.

A brand's folder is a whole help center: articles, site.yaml, index, data and secrets lie in it, and every command works
in it. Nothing may belong to two brands: a file that says so is refused, before anything serves.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import kb
from kb.common.yaml_file import Located
from kb.errors import ConfigError
from kb.settings.settings import ENVIRONMENT, Settings, load_site
from kb.settings.site_reader import fail, load, mapping, number, text, texts

BRAND: Final = "KB_BRAND"
"""The variable that names a brand to its processes; followed by a name, it begins the variables of that brand alone."""
_KEYS: Final = ("name", "folder", "hosts", "processes")
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST_NAME: Final = 30
_HOST: Final = re.compile(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\]"
)
_MOST_PROCESSES: Final = 64
_FOR_ALL: Final = frozenset({"KB_CACHE", "KB_LOG_LEVEL", "KB_ENCODER", "KB_PRECISION", "KB_TRAFFIC"})
"""Variables of ours that every brand gets; all others could name one brand's place or secret to another."""
_POSTGRESQL: Final = 5432
"""The port of PostgreSQL where an address names none."""
_SECRETS: Final = Path(".streamlit", "secrets.toml")
_WHAT: Final = {
    "folder": "The folder",
    "articles": "The folder of articles",
    "index": "The index",
    "journal": "The journal",
    "vectors": "The schema of the vector engine",
    "releases": "The place of releases",
    "cookie_secret": "The 'cookie_secret'",
}


@dataclass(frozen=True, slots=True)
class Brand:
    """One help center among several."""

    name: str
    folder: Path
    """Absolute; not necessarily there."""
    hosts: tuple[str, ...]
    """In lower case, without a port."""
    processes: int = 1
    line: int = 0
    """Where it begins in brands.yaml."""

    def environment(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of this brand's processes.

        :param environ: That of the installation.
        :return: Without the places and secrets of other brands, and with this brand's own.
        """
        own = f"{BRAND}_{self.name.upper().replace('-', '_')}__"
        found = {k: v for k, v in environ.items() if not k.startswith("KB_") or k in _FOR_ALL}
        found |= {f"KB_{k.removeprefix(own)}": v for k, v in environ.items() if k.startswith(own)}
        # The folder is not on the way where Python looks for modules; the program may be a checkout that is.
        ways = [str(Path(kb.__file__).resolve().parent.parent), *filter(None, [environ.get("PYTHONPATH", "")])]
        found["PYTHONPATH"] = os.pathsep.join(
            str(Path(way).absolute()) for way in os.pathsep.join(ways).split(os.pathsep)
        )
        return {**found, ENVIRONMENT["hosts"]: ",".join(self.hosts), BRAND: self.name}

    def parts(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Return what no other brand may have, by kind: folder, articles, index, journal, and the secret of cookies.

        :param environ: The environment of the installation.
        :return: Places as absolute paths with every link followed, or a server's host, port and name.
        """
        usual, own = Settings(), self.environment(environ)
        found = {"folder": str(self.folder.resolve())}
        for kind, usually in (("articles", usual.articles), ("index", usual.index)):
            found[kind] = str((self.folder / Path(own.get(ENVIRONMENT[kind], usually)).expanduser()).resolve())
        found["journal"] = _journal(self.folder, own.get(ENVIRONMENT["database_url"], usual.database_url))
        engine = own.get(ENVIRONMENT["index_engine_url"], "")
        if engine:
            found["vectors"] = f"{_server(engine)}, {self._setting('index_engine_schema', own)}"
        releases = self._setting("index_source", own)
        if releases:
            found["releases"] = _place(self.folder, releases)
        secret = _cookie_secret(self.folder / _SECRETS)
        return {**found, "cookie_secret": secret} if secret else found

    def _setting(self, name: str, own: Mapping[str, str]) -> str:
        """Return a setting of this brand, from its variable or its site.yaml."""
        try:
            written = load_site(self.folder / "site.yaml")[1]
        except ConfigError:  # the brand's own processes report it
            written = {}
        return str(own.get(ENVIRONMENT[name]) or written.get(name) or getattr(Settings(), name))


def read_brands(path: Path, environ: Mapping[str, str] | None = None) -> tuple[Brand, ...]:
    """Read brands.yaml.

    :param path: The file; folders in it are relative to its own.
    :param environ: The environment, which may name a brand's journal; the process's own when None.
    :return: The brands, in the file's order.
    :raises ConfigError: Naming file, line and remedy; also if two brands share anything.
    """
    try:
        root = mapping(path, load(path), ("brands",))
    except FileNotFoundError as error:
        raise ConfigError(f"{path} does not exist. Give the file that lists the brands.") from error
    listed = root["brands"].value if "brands" in root else None
    if not isinstance(listed, list) or not listed:
        raise ConfigError(f"{path}: no brand is listed. Write 'brands:', and under it '- name: …' for each.")
    brands = tuple(_brand(path, node) for node in listed)
    for kind, value, brand, other in _shared(brands, os.environ if environ is None else environ):
        raise _both(path, kind, value, brand, other)
    return brands


def _brand(path: Path, node: Located) -> Brand:
    if isinstance(node.value, dict) and "path" in node.value:
        raise fail(path, node.value["path"], "brands are told apart by host name, not by path", "Use 'hosts'.")
    fields = mapping(path, node, _KEYS)
    for key in ("name", "folder", "hosts"):
        if key not in fields:
            raise fail(path, node, f"a brand without {key!r}", f"Write {', '.join(_KEYS[:3])} for each brand.")
    name, folder = text(path, fields, "name"), text(path, fields, "folder")
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        fix = f"Use up to {_LONGEST_NAME} small letters and digits, with '-' between them."
        raise fail(path, fields["name"], f"{name!r} cannot be the name of a brand", fix)
    if not folder:
        raise fail(path, fields["folder"], f"the brand {name!r} has no folder", "Name one, relative to this file.")
    count = number(path, fields, "processes", 1, _MOST_PROCESSES)
    absolute = (path.parent / Path(folder).expanduser()).absolute()
    return Brand(name, absolute, _hosts(path, fields["hosts"], name), count or 1, node.line)


def _hosts(path: Path, node: Located, name: str) -> tuple[str, ...]:
    hosts = tuple(host.lower() for host in texts(path, node))
    if not hosts:
        raise fail(path, node, f"the brand {name!r} has no host", "Write one '- host' per line.")
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise fail(
                path, node, f"{host!r} is not a host name", "Write it without scheme and port: help.example.com."
            )
    return hosts


def _shared(brands: tuple[Brand, ...], environ: Mapping[str, str]) -> Iterator[tuple[str, str, Brand, Brand]]:
    """Yield what two brands have in common: its kind, what it is, and the two."""
    owners: dict[tuple[str, str], Brand] = {}
    folders: dict[Path, Brand] = {}
    for brand in brands:
        parts = [("name", brand.name), *(("host", host) for host in brand.hosts), *brand.parts(environ).items()]
        for part in parts:
            other = owners.setdefault(part, brand)
            if other is not brand:
                yield *part, brand, other
        own = brand.folder.resolve()
        for folder, other in folders.items():
            if own in folder.parents or folder in own.parents:
                yield "within", str(own), brand, other
        folders[own] = brand


def _both(path: Path, kind: str, value: str, brand: Brand, other: Brand) -> ConfigError:
    """Return the error about what two brands share; no secret is in it."""
    where = f"{path}:{brand.line}"
    also = f"the brand {other.name!r} (line {other.line})"
    if kind == "name":
        return ConfigError(
            f"{where}: the name {value!r} is also that of line {other.line}. Give each brand its own name."
        )
    if kind == "host":
        return ConfigError(
            f"{where}: the host {value!r} of the brand {brand.name!r} is also one of {also}. Give it to one of them."
        )
    if kind == "within":
        return ConfigError(
            f"{where}: the folders of the brand {brand.name!r} and {also} lie within one another. "
            "Give each brand a folder of its own, next to the others."
        )
    shown = "" if kind == "cookie_secret" else f" ({value})"
    remedy = f"Write a new one into its {_SECRETS}." if kind == "cookie_secret" else "Give each brand its own."
    return ConfigError(f"{where}: {_WHAT[kind]} of the brand {brand.name!r}{shown} is also that of {also}. {remedy}")


def _journal(folder: Path, url: str) -> str:
    """Return what two addresses of the same journal have in common; never a password."""
    scheme, _, place = url.partition("://")
    if scheme.startswith("sqlite"):
        return str((folder / Path(place.removeprefix("/")).expanduser()).resolve())
    return _server(url)


def _place(folder: Path, address: str) -> str:
    """Return what two addresses of one place of releases have in common; never a password."""
    scheme, is_address, rest = address.partition("://")
    if not is_address:
        return str((folder / Path(address).expanduser()).resolve())
    return f"{scheme.lower()}://{rest.rpartition('@')[2].rstrip('/')}"


def _server(url: str) -> str:
    """Return host, port and name of a database, without its user."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "localhost", parts.port or _POSTGRESQL
    except ValueError:  # the brand's own processes report it
        return url.rpartition("@")[2]
    return f"{host}:{port}{parts.path}"


def _cookie_secret(file: Path) -> str:
    """Return the secret that signs an identity provider's cookie; empty without one, or if the file is damaged."""
    try:
        found: Any = tomllib.loads(file.read_text(encoding="utf-8")).get("auth", {})
    except (OSError, ValueError):  # kb doctor reports it
        return ""
    return str(found.get("cookie_secret", "")) if isinstance(found, dict) else ""
