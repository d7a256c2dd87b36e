from seatrial.decisions.provenance.moves import moved
from seatrial.decisions.provenance.patches import Edit, Hunk, commits, merges

OID, OTHER = "a" * 40, "b" * 40


def told(text: str) -> list[bytes]:
    return text.encode().splitlines(keepends=True)


def test_edits_are_read_with_their_lines_even_where_those_look_like_headers() -> None:
    found = commits(
        told(f"""\0{OID}

:100644 100644 {OTHER} {OID} M\ta.py
:100644 000000 {OTHER} {"0" * 40} D\tgone.py
:100644 100644 {OTHER} {OID} R090\told.py\t"n\\303\\251w.py"

diff --git a/a.py b/a.py
--- a/a.py
+++ b/a.py
@@ -1,2 +1 @@ def f():
--- a/x.py
-@@ -1 +1 @@
\\ No newline at end of file
+++ b/x.py
\\ No newline at end of file
@@ -8,0 +8,2 @@
+one
+two
diff --git a/gone.py b/gone.py
--- a/gone.py
+++ /dev/null
@@ -1 +0,0 @@
-bye
""")
    )
    assert list(found) == [
        (
            OID,
            [
                Edit(
                    "a.py",
                    "a.py",
                    OID,
                    [
                        Hunk(1, 1, [b"-- a/x.py\n", b"@@ -1 +1 @@\n"], [b"++ b/x.py\n"]),
                        Hunk(9, 8, [], [b"one\n", b"two\n"]),
                    ],
                ),
                Edit("gone.py", "gone.py", "", []),
                Edit("néw.py", "old.py", OID, []),
            ],
        )
    ]


def test_merges_are_read_with_the_names_and_lines_of_each_parent() -> None:
    (one,) = merges(
        told(f"""\0{OID}

diff --combined new.py
index 1,2..3
--- a/old.py
--- a/new.py
+++ b/new.py
@@@ -1,2 -1,2 +1,3 @@@
  both
+ second's
- gone
++own
""")
    )
    assert (one.commit, one.path, one.before) == (OID, "new.py", ("old.py", "new.py"))
    (stretch,) = one.stretches
    assert (stretch.starts, stretch.result) == ((1, 1), 1)
    assert [kept for kept, _ in stretch.lines] == [True, True, False, True]


def edit(path: str, gone: str, come: str) -> Edit:
    lines = ([f"{line}\n".encode() for line in text.split("|")] if text else [] for text in (gone, come))
    return Edit(path, path, OID, [Hunk(1, 1, *lines)])


BLOCK = "def a_function_of_some_length():|    return its_result_after_a_while"


def test_a_block_that_went_elsewhere_is_moved_with_its_blank_lines() -> None:
    found = moved([edit("a.py", BLOCK.replace("|", "||"), ""), edit("b.py", "", "x|" + BLOCK.replace("|", "||  "))])
    assert found == {("b.py", 2): ("a.py", 1), ("b.py", 3): ("a.py", 2), ("b.py", 4): ("a.py", 3)}


def test_little_moves_count_within_a_file_alone_and_copies_nowhere() -> None:
    little = "return some_little_thing()"
    assert moved([edit("a.py", little, f"x|{little}")]) == {("a.py", 2): ("a.py", 1)}
    assert moved([edit("a.py", little, ""), edit("b.py", "", little)]) == {}
    assert moved([edit("b.py", "", BLOCK)]) == {}


def test_many_lines_that_are_alike_take_no_longer_than_they_are() -> None:
    many = "|".join(["a", *[")"] * 20_000])
    assert moved([edit("a.py", many, ""), edit("b.py", "", many)]) == {}
