"""Makes the compact list of all names of a package index, which the rules on dependencies read.

    python tools/known_names.py LISTING [-o FILE]

LISTING is the index's list of projects (PEP 503 or PEP 691), or one name a line: a file or an address.
The date is that of the day it is made. Whoever runs this must be allowed to download the listing.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.request import Request, urlopen

from packaging.utils import canonicalize_name

from seatrial.libraries.name_filter import build, load

OUT = Path(__file__).parent.parent / "src/seatrial/libraries/known_names.bin"
_ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.5, text/plain;q=0.1"
_ANCHOR = re.compile(r"<a\s[^>]*>([^<]*)</a>", re.IGNORECASE)


def read(listing: str) -> str:
    """The text of the listing."""
    if not listing.startswith(("https://", "http://")):
        return Path(listing).read_text(encoding="utf-8")
    request = Request(listing, headers={"Accept": _ACCEPT})  # noqa: S310 - http and https alone, checked above
    with urlopen(request, timeout=300) as answer:  # noqa: S310 - as above
        return str(answer.read().decode("utf-8"))


def names(text: str) -> Iterator[str]:
    """The names in a listing, as it writes them."""
    if text.lstrip().startswith("{"):
        yield from (project["name"] for project in json.loads(text)["projects"])
    elif text.lstrip().startswith("<"):
        yield from (unescape(name).strip() for name in _ANCHOR.findall(text))
    else:
        yield from (line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


def main() -> int:
    """Reads the listing, writes the filter, reads it back and tells what is in it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("listing")
    parser.add_argument("-o", "--output", type=Path, default=OUT)
    asked = parser.parse_args()
    found = {canonicalize_name(name) for name in names(read(asked.listing))}
    asked.output.write_bytes(build(found, datetime.now(UTC).date().isoformat()).dump())
    made = load(asked.output.read_bytes())
    missing = [name for name in found if name not in made]
    sys.stdout.write(f"{len(made):,} names of {made.date} in {len(made.bits):,} bytes, {len(missing)} missing\n")
    return 1 if missing or not found else 0


if __name__ == "__main__":
    sys.exit(main())
