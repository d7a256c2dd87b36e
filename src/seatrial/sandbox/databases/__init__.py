"""The program's database as a trial sees it: its tables and rows, saved and restored."""

from seatrial.sandbox.databases.contract import OURS, Column, Database, Foreign, Numbered, Row, Table
from seatrial.sandbox.databases.postgres import Postgres
from seatrial.sandbox.databases.sqlite import Sqlite

__all__ = ["OURS", "Column", "Database", "Foreign", "Numbered", "Postgres", "Row", "Sqlite", "Table"]
