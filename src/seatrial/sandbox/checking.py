"""The first look at a program that serves: whether what it is asked fails, and for want of which service."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from seatrial.sandbox.advice import advice
from seatrial.sandbox.application import Application
from seatrial.sandbox.calls import Call
from seatrial.sandbox.errors import StartError

_SOON = 6.0
_AT_ONCE = 4
_FAILED = 500


def check(application: Application, paths: Sequence[str]) -> str:
    """One GET of each path; what to say if most of them fail while a service that is looked for is not here.

    Raises `StartError` if all do.
    """

    def fails(path: str) -> bool:
        status = application.call(Call(method="GET", path=path, within=_SOON), watched=False).status
        return not status or status >= _FAILED

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        failed = [path for path, is_failed in zip(paths, threads.map(fails, paths), strict=True) if is_failed]
    wants = wanted(application)
    if not wants or not failed or len(failed) * 2 < len(paths):
        return ""
    if len(failed) == len(paths):
        last = application.workers.last_lines()
        raise StartError(f"the program starts, and all that it is asked fails:\n{last}\n{wants}")
    told = f"{len(failed)} of {len(paths)} paths that were asked once fail, {failed[0]} among them"
    return f"{told}; a service that is not here may be why. {wants}"


def wanted(application: Application) -> str:
    """What to do about services that the program looked for, and that nobody started for it; else empty."""
    refused = "".join(f"\nrefused: port {port}" for port in application.missing)
    return advice("", refused) if refused else ""
