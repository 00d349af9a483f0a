"""``kb brands``: the brands of an installation, and any command in the folder of each."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import options
from kb.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.settings.brands import Brand

app = typer.Typer(help="List the brands of one installation, or run a command for each.", no_args_is_help=True)
_PATIENCE_S = 20.0


@app.command("list")
def list_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Lists the brands, as brands.yaml.")],
    as_json: options.Json = False,
) -> None:
    """List the brands with their hosts and folders, after checking that no two of them share anything.

    Example: kb brands list brands.yaml
    """
    for brand in _read(file):
        found = {
            "name": brand.name,
            "hosts": list(brand.hosts),
            "folder": str(brand.folder),
            "processes": brand.processes,
        }
        found["journal"] = brand.parts(os.environ)["journal"]
        if as_json:
            typer.echo(json.dumps(found))
        else:
            typer.echo(f"{brand.name}: {', '.join(brand.hosts)}; {brand.folder}; journal {found['journal']}")


@app.command("run", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
def run(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Lists the brands, as brands.yaml.")],
    command: Annotated[list[str], typer.Argument(metavar="COMMAND...", help="A command of kb, with its options.")],
    only: Annotated[str | None, typer.Option("--only", help="The brand; every one without.")] = None,
) -> None:
    """Run a command of kb in the folder of each brand, with its own variables, one brand after the other.

    Status 1 if it failed for one of them.

    Example: kb brands run --only north brands.yaml users list
    """
    raise typer.Exit(in_each(file, command, only))


def in_each(file: Path, command: Sequence[str], only: str | None = None) -> int:
    """Run a command of ours for each brand.

    :param file: Lists the brands.
    :param command: Without the program's name.
    :param only: The brand; None for every one.
    :return: 0 if it succeeded for all, otherwise the last status that was not 0.
    :raises ConfigError: If the file cannot be used, or has no such brand.
    """
    brands = _read(file)
    chosen = [brand for brand in brands if only in (None, brand.name)]
    if not chosen:
        names = ", ".join(brand.name for brand in brands)
        raise ConfigError(f"{file} has no brand {only!r}. Use one of: {names}.")
    worst = 0
    for brand in chosen:
        if len(chosen) > 1:
            options.warn(f"the brand {brand.name}:")
        worst = _run(brand, command) or worst
    return worst


def build_each(file: Path, flags: Sequence[str]) -> int:
    """Build the index of each brand, and keep what they have in common once.

    :param file: Lists the brands.
    :param flags: Options of ``kb build``.
    :return: As for :func:`in_each`.
    :raises ConfigError: If the file cannot be used.
    """
    from kb.retrieval.index.sharing import share_graphs

    status = in_each(file, ["build", *flags])
    saved = share_graphs(Path(brand.parts(os.environ)["index"]) for brand in _read(file))
    if saved:
        options.warn(f"models that brands have in common are kept once: {saved / 1e6:.0f} MB less on disk")
    return status


def _read(file: Path) -> tuple[Brand, ...]:
    from kb.settings.brands import read_brands

    return read_brands(file)


def _run(brand: Brand, command: Sequence[str]) -> int:
    """Run a command in a brand's folder; it ends with this process."""
    if not brand.folder.is_dir():
        options.warn(f"{brand.folder} is not a folder. Make the help center there: kb init {brand.folder}")
        return 1
    program = [sys.executable, "-P", "-m", "kb", *command]
    before = signal.signal(signal.SIGTERM, _end)
    process = subprocess.Popen(program, cwd=brand.folder, env=brand.environment(os.environ))  # noqa: S603 — our own
    try:
        return process.wait()
    finally:
        signal.signal(signal.SIGTERM, before)
        if process.poll() is None:
            process.terminate()
            process.wait(_PATIENCE_S)


def _end(number: int, frame: FrameType | None) -> None:
    """End this process as an exception does, so that what it started ends first."""
    del frame
    raise SystemExit(128 + number)
