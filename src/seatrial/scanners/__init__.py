"""What other scanners found, as findings beside ours: their SARIF 2.1.0 read, placed and merged.

A result keeps its scanner's name in front of its rule (`bandit/B608`), so that settings, comments and the baseline can
speak of it as of any rule.
"""

from seatrial.scanners.log import NotSarifError, Run, read
from seatrial.scanners.merge import joined, stands_in
from seatrial.scanners.names import scanner_name
from seatrial.scanners.results import Found, Lines, found

__all__ = ["Found", "Lines", "NotSarifError", "Run", "found", "joined", "read", "scanner_name", "stands_in"]
