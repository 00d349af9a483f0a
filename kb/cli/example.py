"""``kb example``: a working site to begin with, for those who installed the package alone."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer

import kb
from kb.errors import ConfigError

_PARTS = ("articles", "site.yaml")


def example(
    folder: Annotated[Path, typer.Argument(help="Where to; made when it is missing.")] = Path("billing-help"),
) -> None:
    """Copy the shipped articles and site.yaml into a folder, as a site to begin with; nothing is ever overwritten.

    Example: kb example my-site
    """
    source = shipped()
    taken = [folder / part for part in _PARTS if (folder / part).exists()]
    if taken:
        raise ConfigError(f"{taken[0]} exists, so nothing was copied. Name another folder: kb example FOLDER")
    folder.mkdir(parents=True, exist_ok=True)
    # Copied under another name first: what is interrupted is not taken for a site.
    with tempfile.TemporaryDirectory(dir=folder, prefix=".kb-example-") as scratch:
        shutil.copytree(source / "articles", Path(scratch) / "articles")
        shutil.copyfile(source / "site.yaml", Path(scratch) / "site.yaml")
        for part in _PARTS:
            (Path(scratch) / part).rename(folder / part)
    count = sum(1 for _ in (folder / "articles").rglob("*.md"))
    typer.echo(f"{folder}: {count} articles and site.yaml. Next: cd {folder} && kb serve --build")


def shipped() -> Path:
    """Return the folder of the shipped articles and site.yaml: in the package, or in the checkout that it is run from.

    :return: It holds both.
    :raises ConfigError: If they did not come with the program.
    """
    package = Path(kb.__file__).resolve().parent
    for folder in (package / "example", package.parent):
        if all((folder / part).exists() for part in _PARTS):
            return folder
    raise ConfigError("The example did not come with this installation. Install it again: pip install billing-help")
