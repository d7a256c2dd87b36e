"""Registration and login."""

from sqlalchemy.orm import Session

from shop.core.errors import Conflict, ShopError
from shop.core.security import create_token, hash_password, verify_password
from shop.models import User
from shop.models.user import ROLE_CUSTOMER
from shop.repositories import users as user_repo
from shop.schemas.users import LoginIn, RegisterIn


class BadCredentials(ShopError):
    """The e-mail address or the password is wrong."""

    status_code = 401


def register(db: Session, payload: RegisterIn) -> User:
    """Register a customer, making sure that each address is used once."""
    email = payload.email.lower()
    if user_repo.by_email(db, email) is not None:
        raise Conflict("This e-mail address is already registered")
    user = User(
        email=email, name=payload.name, password_hash=hash_password(payload.password), role=ROLE_CUSTOMER
    )
    user_repo.add(db, user)
    db.commit()
    return user


def login(db: Session, payload: LoginIn) -> str:
    """Check credentials and return a token."""
    user = user_repo.by_email(db, payload.email)
    if user is None or not verify_password(payload.password, user.password_hash):
        raise BadCredentials("Wrong e-mail address or password")
    return create_token(user.id, user.role)
