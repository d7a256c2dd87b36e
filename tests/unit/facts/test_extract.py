from collections.abc import Mapping, Sequence
from hashlib import sha256

import pytest

import wordy
from seatrial.facts import Extracted, Language, Source, extract, pool
from seatrial.facts.extract import WORTH_A_PROCESS
from seatrial.frontends.contract import Frontend
from seatrial.model.facts import FileFacts
from seatrial.model.source import Role, SourceFile, Stage


class Memory(dict[bytes, bytes]):
    """A store in memory."""

    def get(self, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:  # type: ignore[override]  # a store, for once also a dict
        return {key: self[key] for key in keys if key in self}

    def put(self, entries: Mapping[bytes, bytes]) -> None:
        self.update(entries)


def source(path: str, text: str) -> Source:
    return Source(SourceFile(path, "words", Role.CODE, sha256(text.encode()).hexdigest()), text)


def extracted(
    texts: Mapping[str, str], store: Memory | None = None, frontend: Frontend = wordy.WORDS, jobs: int = 1
) -> Extracted:
    languages = {"words": Language(frontend, "wordy", "WORDS")}
    sources = [source(path, text) for path, text in texts.items()]
    return extract(sources, languages, Memory() if store is None else store, jobs)


def said(result: Extracted) -> dict[str, tuple[str, ...] | None]:
    return {file.path: facts.exports for file, facts in result.files}


def test_every_file_has_its_facts_in_order() -> None:
    assert list(said(extracted({"b.txt": "two", "a.txt": "one"})).items()) == [("b.txt", ("two",)), ("a.txt", ("one",))]


def test_equal_texts_are_extracted_once() -> None:
    asked: list[str] = []

    def counting(text: str) -> FileFacts:
        asked.append(text)
        return wordy.words(text)

    frontend = Frontend("words", (".txt",), "1", "none", counting)
    store = Memory()
    assert len(extracted({"a.txt": "same", "b.txt": "same", "c.txt": "other"}, store, frontend).files) == 3
    assert extracted({"new/name.txt": "same"}, store, frontend).fresh == 0
    assert asked == ["same", "other"]


@pytest.mark.parametrize("change", [{"version": "2"}, {"grammar": "newer"}])
def test_another_front_end_version_or_grammar_extracts_anew(change: dict[str, str]) -> None:
    store = Memory()
    extracted({"a.txt": "text"}, store)
    known = {"language": "words", "suffixes": (".txt",), "version": "1", "grammar": "none", "extract": wordy.words}
    assert extracted({"a.txt": "text"}, store, Frontend(**{**known, **change})).fresh == 1  # type: ignore[arg-type]  # fields


@pytest.mark.parametrize("junk", [b"", b"\xc1", b"\x93\x01\x02\x03"])
def test_what_the_store_damaged_is_extracted_anew(junk: bytes) -> None:
    store = Memory()
    fresh = extracted({"a.txt": "text"}, store)
    store.update(dict.fromkeys(store, junk))
    assert extracted({"a.txt": "text"}, store).files == fresh.files


def test_a_front_end_that_fails_costs_a_gap_for_that_file() -> None:
    store = Memory()
    result = extracted({"a.txt": "one", "b.txt": "raise", "c.txt": "three"}, store)
    assert list(said(result)) == ["a.txt", "c.txt"]
    assert [(gap.path, gap.stage) for gap in result.gaps] == [("b.txt", Stage.FACTS)]
    assert "RecursionError" in result.gaps[0].reason
    assert len(store) == 2


def long_texts() -> dict[str, str]:
    return {f"{name}.txt": name + "\n" * (WORTH_A_PROCESS // 3) for name in "abcdefg"}


def test_several_processes_give_the_same_as_one() -> None:
    alone, together = Memory(), Memory()
    assert extracted(long_texts(), alone, jobs=1) == extracted(long_texts(), together, jobs=2)
    assert alone == together


def test_a_text_that_kills_its_process_costs_a_gap_for_that_file() -> None:
    texts = long_texts() | {"d.txt": "die" + "\n" * WORTH_A_PROCESS, "e.txt": "raise" + " " * WORTH_A_PROCESS}
    result = extracted(texts, jobs=2)
    assert list(said(result)) == ["a.txt", "b.txt", "c.txt", "f.txt", "g.txt"]
    assert [gap.path for gap in result.gaps] == ["d.txt", "e.txt"]
    assert "died (status 7)" in result.gaps[0].reason


def test_processes_do_not_start_for_little_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "extract_in_parallel", None)  # would fail if it were called
    assert len(extracted({"a.txt": "x" * WORTH_A_PROCESS}, jobs=8).files) == 1


def test_processes_import_nothing_from_the_current_folder(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # type: ignore[arg-type]  # pytest's own
    for name in ("msgspec", "queue", "gc", "importlib"):
        with open(f"{name}.py", "w", encoding="utf-8") as file:  # noqa: PTH123 - a trap in the current folder, nothing more
            file.write("raise SystemExit('the audited folder was imported from')")
    assert extracted(long_texts(), jobs=2).gaps == []


def test_progress_is_told_for_every_file() -> None:
    told: list[int] = []
    store = Memory()
    extracted({"a.txt": "a"}, store)
    sources = [source(f"{name}.txt", name) for name in "abc"]
    extract(sources, {"words": Language(wordy.WORDS, "wordy", "WORDS")}, store, 1, told.append)
    assert sum(told) == 3
