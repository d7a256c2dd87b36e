"""Serving: rows that a library turns into a response by itself, so that no loop shows in the program.

program.served_rows -> Serving: where the query is given, and what each of its rows asks of the database
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.program.serving.admin import Admin
from seatrial.program.serving.given import Given
from seatrial.program.serving.nouns import Need, Serving
from seatrial.program.serving.pages import Pages
from seatrial.program.serving.paths import Paths
from seatrial.program.serving.rest import Rest
from seatrial.program.serving.schemas import Schemas
from seatrial.program.serving.serializers import Serializers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.program import Program

__all__ = ["Need", "Serving", "read"]


def read(program: Program) -> Iterator[Serving]:
    """Every place that serves rows and asks the database for each of them, whether or not it was loaded ahead."""
    paths, given = Paths(program), Given(program)
    yield from Rest(program, Serializers(program, paths), given).servings()
    yield from Schemas(program, paths).servings()
    yield from Admin(program, paths).servings()
    yield from Pages(program, paths, given).servings()
