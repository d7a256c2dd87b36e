"""Runs the audited program where it can harm nothing: a copy of its tree, a database and ports of its own.

`inside` is what runs in the program's interpreter; the rest starts it, talks to it and ends it.
"""

from seatrial.sandbox.application import Answer, Application, Seen, Sent, Statement
from seatrial.sandbox.calls import FORM, Call, mark
from seatrial.sandbox.checking import wanted
from seatrial.sandbox.counting import Counts, Site
from seatrial.sandbox.cutting import cut
from seatrial.sandbox.databases import Column, Database, Foreign, Numbered, Postgres, Row, Table
from seatrial.sandbox.databases.statement_log import Cost, Ran, StatementLog, listening
from seatrial.sandbox.databases.watch import Watch, watching
from seatrial.sandbox.errors import StartError, TimeUpError
from seatrial.sandbox.launching import Launch, launched
from seatrial.sandbox.loading import Loaded, Target
from seatrial.sandbox.meeting import Met, date, meet, now, pause, settle
from seatrial.sandbox.patience import within
from seatrial.sandbox.remote import Remote, reached
from seatrial.sandbox.starter import Started
from seatrial.sandbox.strain import Strain
from seatrial.sandbox.upstream import Asked

__all__ = [
    "FORM",
    "Answer",
    "Application",
    "Asked",
    "Call",
    "Column",
    "Cost",
    "Counts",
    "Database",
    "Foreign",
    "Launch",
    "Loaded",
    "Met",
    "Numbered",
    "Postgres",
    "Ran",
    "Remote",
    "Row",
    "Seen",
    "Sent",
    "Site",
    "StartError",
    "Started",
    "Statement",
    "StatementLog",
    "Strain",
    "Table",
    "Target",
    "TimeUpError",
    "Watch",
    "cut",
    "date",
    "launched",
    "listening",
    "mark",
    "meet",
    "now",
    "pause",
    "reached",
    "settle",
    "wanted",
    "watching",
    "within",
]
