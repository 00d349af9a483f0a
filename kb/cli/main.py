"""The entry point: every subcommand, and the handling of errors.

Nothing heavy is imported here, so that ``kb --help`` is quick; a command imports what it needs when it runs.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from kb import __version__
from kb.cli import (
    articles,
    ask,
    backup,
    brands,
    build,
    check,
    doctor,
    engine,
    evaluate,
    example,
    gaps,
    impact,
    import_,
    init,
    lessons,
    mcp,
    models,
    preview,
    publish,
    pull,
    purge,
    questions,
    report,
    restore,
    sample,
    serve,
    translation,
    users,
)
from kb.errors import ArticlesError, KbError

app = typer.Typer(
    name="kb",
    help="A self-service billing help center: the right article and paragraph, or an honest hand-over.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("build")(build.build)
app.command("ask")(ask.ask)
app.command("check")(check.check)
app.command("new")(articles.new)
app.command("rename")(articles.rename)
app.command("remove")(articles.remove)
app.command("translation")(translation.translation)
app.command("stale")(translation.stale)
app.command("evaluate")(evaluate.evaluate)
app.command("impact")(impact.impact)
app.command("preview")(preview.preview)
app.add_typer(gaps.app, name="gaps")
app.add_typer(questions.app, name="questions")
app.add_typer(lessons.app, name="lessons")
app.add_typer(sample.app, name="sample")
app.command("report", cls=report.ReportCommand)(report.report)
app.command("purge")(purge.purge)
app.command("doctor")(doctor.doctor)
app.command("backup")(backup.backup)
app.command("restore")(restore.restore)
app.command("publish")(publish.publish)
app.command("pull")(pull.pull)
app.command("serve")(serve.serve)
app.command("mcp")(mcp.mcp)
app.command("example")(example.example)
app.command("init")(init.init)
app.command("import")(import_.import_)
app.add_typer(brands.app, name="brands")
app.add_typer(users.app, name="users")
app.add_typer(models.app, name="models")
app.add_typer(engine.app, name="engine")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kb {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Take the options that come before a command."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command.

    :param arguments: Without the program's name; the process's own when None.
    :return: Exit status: 0 done, 1 an error (one line on stderr), 2 wrong usage.
    """
    try:
        app(args=arguments, standalone_mode=True)
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else int(bool(done.code))
    except ArticlesError as error:
        from kb.content.checks.corpus_check import by_gravity

        for finding in by_gravity(error.findings):
            print(finding, file=sys.stderr)  # noqa: T201 — the command's own words
        print(f"kb: {error}", file=sys.stderr)  # noqa: T201
        return 1
    except KbError as error:
        print(f"kb: {error}", file=sys.stderr)  # noqa: T201
        return 1
    except BrokenPipeError:
        # The reader closed the pipe, as with 'kb ask --batch … | head'; there is nothing to report.
        sys.stderr.close()
        return 1
    except (MemoryError, OSError) as error:
        print(f"kb: {_of_the_system(error)}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _of_the_system(error: MemoryError | OSError) -> str:
    """Return what the operator can do about a folder that cannot be written, a full disk, or a want of memory."""
    if isinstance(error, MemoryError):
        return "There is not enough memory. Nothing that serves was changed. Close other programs, or give it more."
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}. Check the path, its permissions and the disk."


def run() -> None:
    """Run the command and leave the process with its status."""
    sys.exit(main())
