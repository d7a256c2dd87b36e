"""Dependencies shared by the routers."""

from typing import Annotated

from fastapi import Depends, Header, HTTPException, Query
from sqlalchemy.orm import Session

from shop.core.database import get_db
from shop.core.security import read_token
from shop.models import User
from shop.models.user import ROLE_ADMIN
from shop.repositories import users as user_repo

DbSession = Annotated[Session, Depends(get_db)]
Limit = Annotated[int, Query(ge=1, le=100)]
Offset = Annotated[int, Query(ge=0)]


def get_current_user(db: DbSession, authorization: Annotated[str, Header()] = "") -> User:
    """Return the user of the bearer token, or answer 401."""
    scheme, _, token = authorization.partition(" ")
    claims = read_token(token) if scheme.lower() == "bearer" else None
    user = user_repo.get(db, claims["sub"]) if claims else None
    if user is None:
        raise HTTPException(status_code=401, detail="Please log in")
    return user


CurrentUser = Annotated[User, Depends(get_current_user)]


def require_admin(user: CurrentUser) -> User:
    """Return the user if it is an administrator, or answer 403."""
    if user.role != ROLE_ADMIN:
        raise HTTPException(status_code=403, detail="Administrators only")
    return user


AdminUser = Annotated[User, Depends(require_admin)]
