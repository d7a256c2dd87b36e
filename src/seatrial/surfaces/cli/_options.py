"""Options that several commands share, so that they mean the same everywhere."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

T = TypeVar("T")


class FormatName(click.ParamType[str]):
    """The name of a report format, checked against those that there are."""

    name = "format"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name itself; fails with the names there are."""
        from seatrial.app import render  # noqa: PLC0415 - brings the stages, which `--help` needs not

        return click.Choice(sorted(render.names())).convert(value, param, ctx)


path = click.argument("path", default=".")
verbose = click.option("-v", "--verbose", is_flag=True, help="Tell what is done, on standard error.")
_changed_since = click.option(
    "--changed-since",
    metavar="REF",
    default="",
    help="Report only what came after HEAD left REF. The whole program is read all the same.",
)
_format = click.option(
    "-f",
    "--format",
    "formats",
    multiple=True,
    type=FormatName(),
    metavar="FORMAT",
    help="text, json, sarif, github, gitlab, markdown, html or rdjsonl. May be given repeatedly.",
)
_output = click.option(
    "-o",
    "--output",
    "files",
    multiple=True,
    metavar="FILE",
    help="Write a report to FILE, in the format of its suffix. May be given repeatedly.",
)
others = click.option(
    "--with",
    "others",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="SARIF",
    help="Take in what another scanner wrote to this file. May be given repeatedly.",
)
advisories = click.option(
    "--advisories",
    metavar="FILE|online",
    default="",
    help="Hold locked versions against advisories in OSV's form: a file, folder or ZIP, or the database itself.",
)
online = click.option("--online", is_flag=True, help="Ask the package index for required names that are not known.")
_no_cache = click.option("--no-cache", is_flag=True, help="Work everything out anew and keep nothing.")
_jobs = click.option(
    "-j", "--jobs", type=click.IntRange(min=0), default=0, help="The most processes to use. [default: all]"
)
_in_full = click.option("--all", "in_full", is_flag=True, help="Show every finding in full, not only the worst.")

_start = (
    click.option("--target", default="", metavar="MODULE:NAME", help="The application, or a Django settings module."),
    click.option("--python", default="", metavar="PATH", help="The interpreter that has what the program needs."),
    click.option("--url", default="", metavar="URL", help="Start nothing: the program runs already, in any language."),
    click.option("--openapi", default="", metavar="FILE", help="What describes it there. [default: its /openapi.json]"),
    click.option(
        "--database-url",
        default="",
        metavar="URL",
        help="Its PostgreSQL database there: rows are written and put back.",
    ),
    click.option("--i-own-this-server", is_flag=True, help="Try it there though it is another machine."),
)


class Asked(NamedTuple):
    """What the user asked of a command that reports on a tree."""

    path: str
    changed_since: str
    formats: tuple[str, ...]
    files: tuple[str, ...]
    others: tuple[Path, ...]
    advisories: str
    online: bool
    in_full: bool
    no_cache: bool
    jobs: int
    verbose: bool


def reporting(command: Callable[..., T]) -> Callable[..., T]:
    """Gives a command the options of all that report on a tree: it receives them as one `Asked`."""

    @wraps(command)
    def packed(**given: Any) -> T:
        asked = Asked(**{name: given.pop(name) for name in Asked._fields})
        return command(asked, **given)

    for option in reversed(
        (path, _changed_since, _format, _output, others, advisories, online, _in_full, _no_cache, _jobs, verbose)
    ):
        packed = option(packed)
    return packed


def starting(command: Callable[..., T]) -> Callable[..., T]:
    """Gives a command the options of all that start the program: it receives them as `start`, an `app` `Start`."""

    @wraps(command)
    def packed(*positional: Any, **given: Any) -> T:
        from seatrial.app.starting import Start  # noqa: PLC0415 - brings the sandbox, which `--help` needs not

        said = {name: given.pop(name) for name in Start.__struct_fields__}
        said["python"] = str(Path(said["python"]).absolute()) if said["python"] else ""
        return command(*positional, start=Start(**said), **given)

    for option in reversed(_start):
        packed = option(packed)
    return packed


def seconds(text: str, option: str) -> float:
    """A time such as `90s`, `3m` or `1h` in seconds; fails with a hint at the option."""
    number, unit = text.rstrip("smh"), text[len(text.rstrip("smh")) :]
    try:
        return float(number) * {"": 1, "s": 1, "m": 60, "h": 3600}[unit]
    except (ValueError, KeyError) as error:
        raise click.BadParameter("give a time such as 90s or 3m", param_hint=option) from error
