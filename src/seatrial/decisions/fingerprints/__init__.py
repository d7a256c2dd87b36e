"""Fingerprints of symbols, and what kind of change leads from one state of the code to another. Pure functions."""

from seatrial.decisions.fingerprints.changes import changes
from seatrial.decisions.fingerprints.hidden import Hidden, hidden
from seatrial.decisions.fingerprints.symbols import own_lines, symbols, whole

__all__ = ["Hidden", "changes", "hidden", "own_lines", "symbols", "whole"]
