"""Registration and login."""

from fastapi import APIRouter, Depends

from shop.api.deps import CurrentUser, DbSession
from shop.core.config import TOKEN_TYPE
from shop.core.ratelimit import limit_login
from shop.models import User
from shop.schemas.users import LoginIn, RegisterIn, TokenOut, UserOut
from shop.services import auth

router = APIRouter(prefix="/auth", tags=["auth"])


@router.post("/register", response_model=UserOut, status_code=201)
def register(payload: RegisterIn, db: DbSession) -> User:
    """Create a customer."""
    return auth.register(db, payload)


@router.post("/login", response_model=TokenOut, dependencies=[Depends(limit_login)])
def login(payload: LoginIn, db: DbSession) -> TokenOut:
    """Exchange credentials for a token."""
    return TokenOut(access_token=auth.login(db, payload), token_type=TOKEN_TYPE)


@router.get("/me", response_model=UserOut)
def me(user: CurrentUser) -> User:
    """Return the caller."""
    return user
