"""Small programs of each web framework, and the endpoints that are found in them."""

from seatrial.program import Program
from seatrial.program.endpoints import Endpoint
from seatrial.testing import program_of

FASTAPI = """
from typing import Annotated
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Security
from fastapi.security import OAuth2PasswordBearer

scheme = OAuth2PasswordBearer(tokenUrl="token")

optional = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)

def current_user(token: Annotated[str, Depends(scheme)]) -> str:
    return token

def admin(user: str = Depends(current_user)) -> str:
    return user

def by_header(key: str = "") -> None:
    if key != "x":
        raise HTTPException(status_code=403)

def page(limit: int = 10) -> int:
    return limit

class Session:
    def __call__(self, key: str = "") -> None:
        by_header(key)

User = Annotated[str, Depends(current_user)]
"""


DJANGO_MODELS = "from django.db import models\nclass Post(models.Model):\n    author = models.CharField()\n"


def endpoints(files: dict[str, str]) -> list[Endpoint]:
    """The endpoints of a program given as texts by path."""
    program: Program = program_of(files)
    return list(program.endpoints)


def fastapi(source: str, **files: str) -> list[Endpoint]:
    """The endpoints of a FastAPI program whose main file begins with `FASTAPI`."""
    return endpoints({"app.py": FASTAPI + source, **{f"{name}.py": text for name, text in files.items()}})


def guarded(endpoint: Endpoint) -> bool:
    """A check of its own turns callers away."""
    return any(g.authorises and not g.shared for g in endpoint.guards)


def django(views: str, urls: str, **files: str) -> list[Endpoint]:
    """The endpoints of a Django program of views and URL patterns."""
    base = {
        "blog/__init__.py": "",
        "blog/models.py": DJANGO_MODELS,
        "blog/views.py": "from django.views.generic import View, CreateView\nfrom blog.models import Post\n" + views,
        "blog/urls.py": "from django.urls import path, include\nfrom blog import views\n" + urls,
    }
    return endpoints(base | {f"blog/{name}.py": text for name, text in files.items()})


REST = """
from rest_framework import permissions, viewsets
from rest_framework.decorators import action, api_view, permission_classes
from rest_framework.routers import DefaultRouter
"""


def rest(source: str, **files: str) -> list[Endpoint]:
    """The endpoints of a REST framework program whose main file begins with `REST`."""
    return endpoints({"api.py": REST + source, **{f"{name}.py": text for name, text in files.items()}})


FLASK = """
from flask import Blueprint, Flask, abort, request
from flask.views import MethodView
from flask_login import login_required
"""
