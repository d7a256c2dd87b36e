"""What container files install by bare name."""

import pytest

from seatrial.model.source import Manifest
from seatrial.program.manifests.deployment import commands, deployed


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("RUN pip install flask", ("flask",)),
        ("RUN pip3 install --no-cache-dir \\\n    flask \\\n    # a remark\n    httpx==1", ("flask",)),
        ("RUN python -m pip install -r requirements.txt gunicorn", ("gunicorn",)),
        ("RUN apt-get update && pip install 'uvicorn[standard]' ; true", ("uvicorn",)),
        ("RUN pip install -c constraints.txt flask", ()),
        ("RUN pip install flask~=3.0 -e . ./lib $MORE git+https://git.example/a.git", ()),
        ("RUN npm install flask", ()),
        ("RUN pip install -r pins.txt $(ls -1 | grep -v 'flask') `cat names.txt`", ()),
        ("# RUN pip install flask", ()),
        ("RUN echo 'pip install flask", ()),
        ("RUN install flask", ()),
        ("RUN pip download flask", ()),
    ],
)
def test_names_without_a_version_are_found(text: str, names: tuple[str, ...]) -> None:
    assert tuple(name for one in commands([Manifest("Dockerfile", text)]) for name in one.free) == names


@pytest.mark.parametrize(
    "path", ["Dockerfile.dev", "dev/Dockerfile", "docker/test.Dockerfile", ".devcontainer/Dockerfile"]
)
def test_containers_for_developers_are_no_deployment(path: str) -> None:
    manifests = [Manifest(path, "RUN pip install flask")]
    assert list(commands(manifests)) == []
    assert deployed(manifests) == frozenset()


@pytest.mark.parametrize("path", ["Dockerfile", "Dockerfile.web", "web.Dockerfile", "Containerfile", "Procfile"])
def test_containers_and_process_files_are_a_deployment(path: str) -> None:
    assert deployed([Manifest(f"services/{path}", "")]) == {"services"}
