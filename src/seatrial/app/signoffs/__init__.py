"""How the code stands with what was signed about it: reads units, records and people, and has the gate judge them."""

from seatrial.app.signoffs.ledger import Seen, standing

__all__ = ["Seen", "standing"]
