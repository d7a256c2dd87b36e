"""The entry point: finds the command, and is the only place that turns errors into exit codes.

0: open (or: done). 1: shut. 2: it cannot run (usage, settings, no such path, no room). 3: a bug of ours.
130: interrupted.
"""

import errno
import gc
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

import click

from seatrial import __version__
from seatrial.errors import SeatrialError
from seatrial.model.text import printable

_YOUNG = 50_000
"""Objects made between two looks for circles of them: after each 700, as is usual, takes a tenth of the start."""
CANNOT_RUN, OUR_BUG, INTERRUPTED = 2, 3, 130
_SQLITE_FULL = 13
"""The result code of SQLite for a disk that is full."""
_POSTGRES_FULL = "53100"
"""The same of PostgreSQL (its "Error Codes")."""
_NO_ROOM = (
    "there is no room left on the disk: free some, or name folders on another one "
    "(`TMPDIR` for trials, `SEATRIAL_CACHE_DIR` for what is kept)."
)
_FILES = (path.stem for path in Path(__file__).parent.glob("[!_]*.py") if path.stem != "main")
_COMMANDS = sorted(name.replace("_", "-") for name in _FILES)


class _Commands(click.Group):
    """The commands by the names of their files, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return _COMMANDS

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in _COMMANDS:
            return None
        command = import_module(f"seatrial.surfaces.cli.{cmd_name.replace('-', '_')}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        near = get_close_matches(args[0], _COMMANDS, n=1)
        if args[0] not in _COMMANDS and near:
            ctx.fail(f"No such command {args[0]!r}. Did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """The sea trial before the handover of code that an AI wrote.

    Start with `seatrial audit` in a repository: it needs no settings, runs none of the code and writes nothing into it.
    """


def main() -> None:
    """Runs the command line and exits."""
    gc.set_threshold(_YOUNG)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is ended, what was made is removed
    code = run(sys.argv[1:])
    gc.freeze()  # the process ends with all its memory: its last collection has nothing to walk through
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Runs one command and gives its exit code."""
    try:
        result = cli.main(list(arguments), prog_name="seatrial", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return CANNOT_RUN
    except SeatrialError as error:
        _say("\n".join(map(printable, str(error).splitlines())))
        return CANNOT_RUN
    except (KeyboardInterrupt, click.Abort):
        _say("interrupted")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last stop of every bug: told as ours, with its own exit code
        if _wants_room(error):
            _say(_NO_ROOM)
            return CANNOT_RUN
        _say(_bug_report(error, verbose=not {"-v", "--verbose"}.isdisjoint(arguments)))
        return OUR_BUG
    return result if isinstance(result, int) else 0


def _wants_room(error: BaseException | None) -> bool:
    """Whether it came of a full disk."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if getattr(error, "sqlite_errorcode", 0) == _SQLITE_FULL or getattr(error, "sqlstate", "") == _POSTGRES_FULL:
            return True
        if isinstance(error, shutil.Error) and f"[Errno {errno.ENOSPC}]" in str(error):  # it tells of each file
            return True
        error = error.__cause__ or error.__context__
    return False


def _bug_report(error: BaseException, *, verbose: bool) -> str:
    trace = "\n".join(map(printable, traceback.format_exc().splitlines()))
    told = map(printable, "".join(traceback.format_exception_only(error)).splitlines())
    first = next((line for line in told if line and not line[0].isspace()), "")  # hints and notes come after it
    how = "" if verbose else "Run again with -v for the whole trace, and report it with that. "
    return f"{trace}\n" * verbose + f"this is a bug in seatrial {__version__}: {first}\n{how}Your code was not changed."


def _say(text: str) -> None:
    try:
        click.echo(f"seatrial: {text}", err=True)
    except OSError:  # nobody reads it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
