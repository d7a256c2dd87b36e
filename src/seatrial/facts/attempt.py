"""Runs a front end on one text, so that a bug in it costs that one file and not the audit."""

import gc

from seatrial.frontends.contract import Frontend
from seatrial.model.facts import FileFacts, encode


def attempt(frontend: Frontend, text: str) -> tuple[FileFacts, bytes] | str:
    """The facts, also as bytes; or in words why the front end failed, which it never should."""
    try:
        facts = frontend.extract(text)
        return facts, encode(facts)
    except Exception as error:  # noqa: BLE001 - whatever a front end's bug raises becomes a Gap that names it
        return f"the {frontend.language} front end failed on it ({type(error).__name__}: {error}); please report this"
    finally:
        gc.collect(0)  # a parse leaves circles behind: freed at once, they cost a sixth of the memory and no time
