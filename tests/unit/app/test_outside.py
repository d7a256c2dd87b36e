"""What is brought from outside: nothing by itself; advisories from files and services, names from an index."""

import json
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from seatrial.app import accept, online
from seatrial.app.audit import Request, audit
from seatrial.app.progress import Progress
from seatrial.errors import ConfigError, SourceError
from seatrial.model.finding import Finding

ADVISORY = {
    "id": "GHSA-0000-0000-0001",
    "summary": "Credentials follow a redirect",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "acme-http"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.26.5"}]}],
        }
    ],
}
CONNECTED: list[object] = []
sys.addaudithook(lambda event, args: CONNECTED.append(args[-1]) if event == "socket.connect" else None)


class Service(BaseHTTPRequestHandler):
    """The vulnerability database and a package index, as far as they are asked."""

    asked: list[str]
    projects: frozenset[str]

    def do_POST(self) -> None:
        queries = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        self.asked += [
            f"{one['package']['name']} {one['version']} {one.get('page_token', '')}".strip() for one in queries
        ]
        first = [
            {"vulns": [{"id": ADVISORY["id"]}], "next_page_token": "" if "page_token" in one else "2"}
            for one in queries
        ]
        self._answer(200, {"results": first})

    def do_GET(self) -> None:
        self.asked.append(self.path)
        name = self.path.strip("/").rpartition("/")[2]
        if self.path.startswith("/v1/vulns/"):
            self._answer(200, ADVISORY)
        else:
            self._answer(500 if name == "broken" else 200 if name in self.projects else 404, {})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def service(*projects: str) -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    handler = type("Handler", (Service,), {"asked": asked, "projects": frozenset(projects)})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    root.mkdir()
    (root / "app.py").write_text("import acme_http\n")
    (root / "requirements.txt").write_text("acme-http==1.25.1\nledgerine\nbroken\nflask\n")
    return root


def found(tree: Path, rule: str, **asked: Any) -> list[Finding]:
    request = Request(root=tree, cached=False, jobs=1, rules=(rule,), **asked)
    return [judged.finding for judged in audit(request).verdict.judged]


def test_an_audit_opens_no_connection_by_itself(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with service("pip") as (address, asked):
        monkeypatch.setenv(online.OSV_VARIABLE, address)
        monkeypatch.setenv(online.INDEX_VARIABLE, address)
        (tree.parent / "osv.json").write_text(json.dumps(ADVISORY))
        CONNECTED.clear()
        audit(Request(root=tree, cached=False, jobs=1))
        audit(Request(root=tree, cached=False, jobs=1, advisories=str(tree.parent / "osv.json")))
        assert (CONNECTED, asked) == ([], [])
        audit(Request(root=tree, cached=False, jobs=1, online=True))
        assert CONNECTED
        assert asked


@pytest.mark.parametrize("form", ["file", "folder", "zip"])
def test_advisories_are_read_from(form: str, tree: Path) -> None:
    folder = tree.parent / "osv"
    folder.mkdir()
    file = folder / "one.json"
    file.write_text(json.dumps(ADVISORY))
    with zipfile.ZipFile(tree.parent / "all.zip", "w") as archive:
        archive.write(file, "one.json")
    path = {"file": file, "folder": folder, "zip": tree.parent / "all.zip"}[form]
    (finding,) = found(tree, "known-vulnerability", advisories=str(path))
    assert "1.26.5" in finding.message
    assert (finding.place.path, finding.place.line) == ("requirements.txt", 1)


def test_an_advisory_that_cannot_be_read_is_a_gap(tree: Path) -> None:
    folder = tree.parent / "osv"
    folder.mkdir()
    (folder / "bad.json").write_text("{")
    report = audit(Request(root=tree, cached=False, jobs=1, advisories=str(folder)))
    assert [gap.path for gap in report.verdict.gaps] == [str(folder / "bad.json")]


def test_advisories_that_are_nowhere_are_an_error(tree: Path) -> None:
    with pytest.raises(SourceError, match=r"nowhere\.json"):
        found(tree, "known-vulnerability", advisories="nowhere.json")


def test_the_database_is_asked_for_what_is_pinned_and_page_after_page(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with service() as (address, asked):
        monkeypatch.setenv(online.OSV_VARIABLE, address)
        (finding,) = found(tree, "known-vulnerability", advisories="online")
    assert "1.26.5" in finding.message
    assert asked == ["acme-http 1.25.1", "acme-http 1.25.1 2", "/v1/vulns/GHSA-0000-0000-0001"]


def test_a_database_that_is_not_there_is_an_error(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(online.OSV_VARIABLE, "http://127.0.0.1:1")
    with pytest.raises(SourceError, match="cannot be reached"):
        found(tree, "known-vulnerability", advisories="online")


def test_an_index_is_asked_for_unknown_names_alone(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with service("pip", "acme-http") as (address, asked):
        monkeypatch.setenv(online.INDEX_VARIABLE, f"{address}/simple/")
        findings = found(tree, "unknown-package", online=True, confidence=0.5)
    assert sorted(asked) == ["/simple/acme-http/", "/simple/broken/", "/simple/ledgerine/", "/simple/pip/"]
    assert ["the package index does not have it" in one.message for one in findings] == [True]
    assert "`ledgerine`" in findings[0].message


def test_an_index_that_lacks_what_every_index_has_proves_nothing(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with service() as (address, _):
        monkeypatch.setenv(online.INDEX_VARIABLE, address)
        with pytest.raises(SourceError, match="says nothing"):
            found(tree, "unknown-package", online=True)


def test_an_index_needs_an_address(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(online.INDEX_VARIABLE, raising=False)
    with pytest.raises(ConfigError, match=online.INDEX_VARIABLE):
        found(tree, "unknown-package", online=True)


def test_the_list_of_names_that_the_settings_give_is_heard(tree: Path) -> None:
    (tree / "seatrial.toml").write_text('package-names = "names.list"\n')
    (tree / "names.list").write_text("# 2026-11-01\nacme-http\nbroken\nflask\n")
    (finding,) = found(tree, "unknown-package")
    assert "3 names of 2026-11-01" in finding.message


def test_a_list_of_names_that_is_none_stops_the_run(tree: Path) -> None:
    (tree / "seatrial.toml").write_text('package-names = "app.py"\n')
    with pytest.raises(ConfigError, match="package-names"):
        found(tree, "unknown-package")


def test_an_environment_is_read_as_text_and_never_imported(tree: Path) -> None:
    site = tree / ".venv/lib/python3.12/site-packages"
    (site / "acme_http").mkdir(parents=True)
    (tree / ".venv/pyvenv.cfg").write_text("")
    (site / "acme_http/__init__.py").write_text("raise SystemExit\n\n\ndef connect(url): ...\n")
    (site / "acme_http-1.25.1.dist-info").mkdir()
    (site / "acme_http-1.25.1.dist-info/METADATA").write_text("Name: acme-http\nVersion: 1.25.1\n\n")
    (site / "acme_http-1.25.1.dist-info/top_level.txt").write_text("acme_http\n")
    (tree / "app.py").write_text("import acme_http\n\nacme_http.conect('x')\n")
    (finding,) = found(tree, "unknown-api")
    assert finding.message == (
        "`acme_http` has no `conect` (in acme-http 1.25.1, which is installed); did you mean `connect`?"
    )


def test_an_environment_that_the_settings_name_and_that_is_empty_is_a_gap(tree: Path) -> None:
    (tree / "seatrial.toml").write_text('environment = "nowhere"\n')
    assert [gap.path for gap in audit(Request(root=tree, cached=False, jobs=1)).verdict.gaps] == ["nowhere"]


def test_an_accepted_vulnerability_is_not_stale_where_no_advisories_are_heard(tree: Path) -> None:
    (tree.parent / "osv.json").write_text(json.dumps(ADVISORY))
    brought = Request(root=tree, cached=False, jobs=1, advisories=str(tree.parent / "osv.json"))
    accept.accept(brought, Progress())
    assert audit(brought).verdict.stale == ()
    assert audit(Request(root=tree, cached=False, jobs=1)).verdict.stale == ()
    (tree / "requirements.txt").write_text("acme-http==1.26.5\n")
    assert len(audit(brought).verdict.stale) == 1
