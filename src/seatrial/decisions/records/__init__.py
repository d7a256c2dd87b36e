"""Decision records: Markdown files with front matter, read with distrust.

Source: MADR 4.0, https://adr.github.io/madr/; the older form with a section `## Status` is understood as well.
"""

from seatrial.decisions.records.parse import parse
from seatrial.decisions.records.reading import read

__all__ = ["parse", "read"]
