"""How the code stands with what was signed about it: reads units, records and people, and has the gate judge them."""

from seatrial.app.signoffs.authors import authors
from seatrial.app.signoffs.ledger import Accepted, Seen, accepted, attested, bundle, standing
from seatrial.app.signoffs.units import grave

__all__ = ["Accepted", "Seen", "accepted", "attested", "authors", "bundle", "grave", "standing"]
