"""What git says of changes, read line by line."""

from seatrial.decisions.provenance.patches import merges

MERGE = b"""\x00174f1b50c8f271afd6107c5e9b556ac908ef4f46

diff --cc shop.py
index 1111111,2222222..3333333
--- a/shop.py
+++ b/shop.py
@@@ -161,18446744073709551615 -198,3 +198,18446744073709551615 @@@ def main()
 -    one = 1
 -    two = 2
 -    three = 3
@@@ -85,3 -85,1 +85,2 @@@
  kept = 1
- gone = 2
 +come = 3
"""


def test_a_count_that_git_let_run_below_nothing_is_none() -> None:
    ((oid, path, found),) = merges(MERGE.splitlines(keepends=True))
    assert (oid[:7], path) == ("174f1b5", "shop.py")
    assert [len(mixed.lines) for mixed in found] == [3, 3]
