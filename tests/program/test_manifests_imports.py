"""Which imports lead out of the repository, and how each is provided for."""

import pytest
from packaging.utils import canonicalize_name

from seatrial.model.source import Installed
from seatrial.program.manifests import installed, parse
from seatrial.program.manifests.needs import Need, needs
from seatrial.program.manifests.owned import Way, outward
from seatrial.program.manifests.providers import providers, provides
from seatrial.program.manifests.standing import Standing
from seatrial.testing import program_of

ACME = canonicalize_name("acme-suite")


def leading_out(files: dict[str, str]) -> set[tuple[str, str]]:
    return {(one.file.path, one.module) for one in outward(program_of(files).files)}


def need(files: dict[str, str], installed: tuple[Installed, ...] = ()) -> Need:
    program = program_of(files)
    (found,) = needs(program.files, program.outward, parse(program.manifests, installed))
    return found


@pytest.mark.parametrize(
    "line",
    [
        "import os.path, distutils.core",
        "from . import x",
        "from ..x import y",
        "import bpy",
        "import orders_pb2",
        "import _speedups",
        "import google",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pandas",
    ],
)
def test_these_imports_need_no_declaration(line: str) -> None:
    assert leading_out({"a.py": line + "\n"}) == set()


@pytest.mark.parametrize(
    ("importer", "module", "other"),
    [
        ("scripts/run.py", "jwt", "scripts/jwt.py"),
        ("src/shop/web.py", "shop.store", "src/shop/store.py"),
        ("web/orders/views.py", "accounts.models", "web/accounts/models.py"),
        ("services/a/app.py", "common.log", "libs/common/src/common/log.py"),
        ("tool.py", "google.cloud.own", "google/cloud/own.py"),
        ("tool.py", "acme", "acme/web/x.py"),
    ],
)
def test_the_repositorys_own_modules_do_not_lead_out(importer: str, module: str, other: str) -> None:
    package = {"web/orders/__init__.py": "", "web/accounts/__init__.py": "", "src/shop/__init__.py": ""}
    files = {importer: f"import {module}\n", other: "x = 1\n", **package}
    assert leading_out(files) == set()


def test_an_own_namespace_does_not_hide_what_others_put_there() -> None:
    files = {"tool.py": "import google.cloud.storage\n", "google/cloud/own.py": "x = 1\n"}
    assert leading_out(files) == {("tool.py", "google.cloud.storage")}


def test_a_module_deep_in_an_unrelated_package_is_not_meant() -> None:
    files = {"tool.py": "import jwt\n", "auth/__init__.py": "", "auth/jwt.py": "x = 1\n"}
    assert leading_out(files) == {("tool.py", "jwt")}


@pytest.mark.parametrize(
    ("module", "distribution"),
    [
        ("yaml", "pyyaml"),
        ("cv2", "opencv-contrib-python"),
        ("PIL.Image", "pillow"),
        ("sklearn.svm", "scikit-learn"),
        ("google.cloud.storage", "google-cloud-storage"),
        ("google.cloud.dialogflow_v2", "google-cloud-dialogflow"),
        ("google.protobuf.message", "protobuf"),
        ("azure.mgmt.compute", "azure-mgmt-compute"),
        ("pkg_resources", "setuptools"),
        ("slugify", "python-slugify"),
        ("acme_tools.x", "acme-tools"),
        ("ruamel.yaml", "ruamel-yaml"),
    ],
)
def test_a_distribution_provides_modules_of_other_names(module: str, distribution: str) -> None:
    assert provides(canonicalize_name(distribution), module)


@pytest.mark.parametrize(
    ("module", "distribution"), [("google.cloud.storage", "google-cloud-bigquery"), ("yaml", "yamllint")]
)
def test_a_distribution_does_not_provide_its_neighbours(module: str, distribution: str) -> None:
    assert not provides(canonicalize_name(distribution), module)


def test_what_is_installed_says_itself_what_it_provides() -> None:
    listing = (Installed("Acme.Suite", "1.0", ("frobnicator",)),)
    assert provides(ACME, "frobnicator.core", listing)
    assert not provides(ACME, "acme_suite", listing)


@pytest.mark.parametrize(
    ("top_level", "record", "imports"),
    [
        ("yaml\n_yaml\n", "", ("_yaml", "yaml")),
        ("", "yaml/__init__.py,sha256=x,1\nyaml/a.py,,\nsix.py,,\nPyYAML-6.dist-info/RECORD,,\n", ("six", "yaml")),
        ("", "_speed.cpython-311-x86_64-linux-gnu.so,,\n../../bin/tool,,\n__pycache__/six.pyc,,\n", ("_speed",)),
        ("", "google/cloud/storage/__init__.py,,\n", ("google.cloud.storage",)),
    ],
)
def test_an_installed_distribution_is_told_from_its_records(
    top_level: str, record: str, imports: tuple[str, ...]
) -> None:
    metadata = "Metadata-Version: 2.1\nName: PyYAML\nVersion: 6.0\n\nName: not this\n"
    assert installed(metadata, top_level, record) == Installed("PyYAML", "6.0", imports)


def test_nothing_is_known_to_provide_a_made_up_module() -> None:
    assert providers("frobnicator") == ()


DECLARED = "flask\n-e git+https://git.example/acme/frob.git#egg=acme-frobnicator\nuvicorn[standard]\ncelery[redis]\n"


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("flask", Standing.DECLARED),
        ("redis", Standing.DECLARED),
        ("frobnicator", Standing.DECLARED),
        ("werkzeug", Standing.COMPANION),
        ("yaml", Standing.KNOWN),
        ("quuxinator", Standing.UNKNOWN),
        ("pytest", Standing.DEVELOPMENT),
    ],
)
def test_a_modules_standing_in_its_part(module: str, expected: Standing) -> None:
    files = {"requirements.txt": DECLARED, "requirements-dev.txt": "pytest\n", "app.py": f"import {module}\n"}
    assert need(files).standing is expected


def test_the_project_itself_as_a_requirement_declares_nothing_else() -> None:
    project = '[project]\nname = "x"\ndependencies = ["flask"]\n'
    files = {"pyproject.toml": project, "requirements.txt": "-e .\n", "app.py": "import yaml\n"}
    assert need(files).standing is Standing.KNOWN


def test_an_address_without_a_name_may_bring_anything() -> None:
    files = {"requirements.txt": "https://x.example/download?id=3/\n", "app.py": "import frobnicator\n"}
    assert need(files).standing is Standing.DECLARED


def test_what_is_only_in_the_lock_is_there_by_accident() -> None:
    lock = '[[package]]\nname = "urllib3"\nversion = "2.2.0"\n'
    project = '[project]\nname = "x"\ndependencies = ["stripe"]\n'
    files = {"pyproject.toml": project, "uv.lock": lock, "app.py": "import urllib3\n"}
    assert need(files).standing is Standing.LOCKED


def test_what_is_installed_and_not_declared_is_known() -> None:
    files = {"requirements.txt": "flask\n", "app.py": "import frobnicator\n"}
    assert need(files, (Installed("acme-suite", "1.0", ("frobnicator",)),)).standing is Standing.KNOWN


def test_a_file_answers_to_the_nearest_part() -> None:
    files = {"pyproject.toml": '[project]\nname = "all"\ndependencies = ["yarl"]\n', "web/requirements.txt": "flask\n"}
    assert need({**files, "web/app.py": "import yarl\n"}).standing is Standing.ABOVE
    assert need({**files, "jobs/app.py": "import flask\n"}).standing is Standing.KNOWN


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("import yaml\n", Way.ALWAYS),
        ("def f():\n    import yaml\n", Way.LATE),
        ("import sys\nif sys.platform == 'linux':\n    import yaml\n", Way.BRANCH),
        ("try:\n    import yaml\nexcept ImportError:\n    yaml = None\n", Way.GUARDED),
    ],
)
def test_when_an_import_runs_is_told(text: str, way: Way) -> None:
    assert need({"requirements.txt": "flask\n", "a.py": text}).way is way


def test_one_need_gathers_all_imports_and_puts_the_surest_first() -> None:
    files = {
        "requirements.txt": "flask\n",
        "a.py": "def f():\n    import yaml\n",
        "b.py": "import yaml\nfrom yaml import safe_load\n",
        "test_c.py": "import yaml\n",
    }
    found = need(files)
    assert [(one.file.path, one.line) for one in found.imports] == [("b.py", 1), ("b.py", 2), ("a.py", 2)]
    assert found.others == "2 other places"
    assert found.way is Way.ALWAYS
