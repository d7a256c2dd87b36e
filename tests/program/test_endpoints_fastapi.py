"""Endpoints of FastAPI, each as the smallest program that shows one idea."""

import pytest

from ways_in import fastapi, guarded


@pytest.mark.parametrize(
    "signature",
    [
        "user: str = Depends(current_user)",
        "user: str = Depends(admin)",
        "user: Annotated[str, Depends(current_user)]",
        "user: User",
        "_: None = Depends(by_header)",
        "_: None = Depends(Session())",
        "user: str = Security(current_user, scopes=['a'])",
        "token: str = Depends(scheme)",
    ],
)
def test_a_dependency_that_can_refuse_is_a_guard(signature: str) -> None:
    [found] = fastapi(f"app = FastAPI()\n@app.post('/a')\ndef a({signature}): ...\n")
    assert guarded(found)


@pytest.mark.parametrize("signature", ["limit: int = Depends(page)", "", "token: str = Depends(optional)"])
def test_a_dependency_that_cannot_refuse_is_no_guard(signature: str) -> None:
    [found] = fastapi(f"app = FastAPI()\n@app.post('/a')\ndef a({signature}): ...\n")
    assert not guarded(found)


@pytest.mark.parametrize(
    "source",
    [
        "r = APIRouter(dependencies=[Depends(current_user)])\n@r.post('/a')\ndef a(): ...\n",
        "r = APIRouter()\n@r.post('/a', dependencies=[Depends(current_user)])\ndef a(): ...\n",
        (
            "r = APIRouter()\n@r.post('/a')\ndef a(): ...\napp = FastAPI()\n"
            "app.include_router(r, dependencies=[Depends(current_user)])\n"
        ),
        (
            "r = APIRouter()\n@r.post('/a')\ndef a(): ...\nouter = APIRouter()\nouter.include_router(r)\n"
            "app = FastAPI(dependencies=[Depends(current_user)])\napp.include_router(outer)\n"
        ),
        "app = FastAPI()\n@app.post('/a')\ndef a(key: str):\n    by_header(key)\n",
        "r = APIRouter()\nclass A:\n    user: str = Depends(current_user)\n    @r.post('/a')\n    def a(self): ...\n",
    ],
)
def test_checks_are_found_on_routers_above_and_in_bodies_below(source: str) -> None:
    [found] = fastapi(source)
    assert guarded(found)


def test_prefixes_of_nested_routers_make_the_path() -> None:
    main = "from fastapi import FastAPI\nfrom app import r\napp = FastAPI()\napp.include_router(r, prefix='/api')\n"
    [found] = fastapi("r = APIRouter(prefix='/x')\n@r.post('/a')\ndef a(): ...\n", main=main)
    assert (found.methods, found.path, found.name) == (("POST",), "/api/x/a", "POST /api/x/a")


def test_routers_included_in_a_loop_over_modules_are_followed() -> None:
    main = (
        "from fastapi import FastAPI, Depends\nimport app, other\nmain = FastAPI()\n"
        "for module in (app, other):\n    main.include_router(module.r, prefix='/v1')\n"
    )
    found = fastapi(
        "r = APIRouter()\n@r.post('/a')\ndef a(): ...\n",
        main=main,
        other="from fastapi import APIRouter\nr = APIRouter()\n@r.get('/b')\ndef b(): ...\n",
    )
    assert [e.path for e in found] == ["/v1/a", "/v1/b"]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("settings.DEBUG", True),
        ("not settings.DEBUG", False),
        ("settings.ENVIRONMENT == 'local'", True),
        ("settings.ENVIRONMENT != 'production'", True),
        ("settings.ENVIRONMENT == 'production'", False),
        ("settings.ENVIRONMENT in ('dev', 'test') and settings.ROUTES", True),
        ("settings.ROUTES", False),
    ],
)
def test_a_router_that_is_only_there_on_a_developers_machine_is_open(condition: str, expected: bool) -> None:  # noqa: FBT001 - given by name above
    [found] = fastapi(
        "from config import settings\nr = APIRouter()\n@r.post('/a')\ndef a(): ...\napp = FastAPI()\n"
        f"if {condition}:\n    app.include_router(r)\n"
    )
    assert found.is_open is expected


def test_a_status_that_another_server_gave_is_no_refusal() -> None:
    [found] = fastapi(
        "import requests\napp = FastAPI()\n@app.post('/a')\ndef a():\n"
        "    if requests.get('x').status_code == 403:\n        print('no')\n"
    )
    assert not guarded(found)


def test_what_a_handler_hands_over_runs_later() -> None:
    [found] = fastapi(
        "from fastapi import BackgroundTasks\napp = FastAPI()\ndef send(): ...\n@app.post('/a')\n"
        "def a(tasks: BackgroundTasks):\n    tasks.add_task(send)\n"
    )
    assert [f.name for f in found.entries] == ["a"]
    assert [f.name for f in found.later] == ["send"]
