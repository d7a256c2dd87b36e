"""Keep generated parts of a Markdown page between markers, so that the prose around them is written by hand."""

import re
from pathlib import Path


def put(page: Path, part: str, text: str) -> None:
    """Replace what stands between `<!-- part -->` and `<!-- end part -->`; appends the part when the page lacks it."""
    begin, end = f"<!-- {part} -->", f"<!-- end {part} -->"
    block = f"{begin}\n{text.strip()}\n{end}"
    old = page.read_text() if page.exists() else ""
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    page.write_text(pattern.sub(lambda _: block, old) if pattern.search(old) else f"{old.rstrip()}\n\n{block}\n")
