"""Schemas of users, logins and accounts."""

from pydantic import BaseModel, ConfigDict, Field

EMAIL_PATTERN = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"


class RegisterIn(BaseModel):
    """What a new customer sends."""

    email: str = Field(pattern=EMAIL_PATTERN, max_length=255)
    name: str = Field(min_length=1, max_length=120)
    password: str = Field(min_length=8, max_length=128)


class LoginIn(BaseModel):
    """Credentials."""

    email: str
    password: str


class TokenOut(BaseModel):
    """A bearer token."""

    access_token: str
    token_type: str


class UserOut(BaseModel):
    """A user as others may see it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    email: str
    name: str
    role: str


class ProfileIn(BaseModel):
    """Fields a user may change."""

    name: str = Field(min_length=1, max_length=120)


class AccountOut(BaseModel):
    """A wallet."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    user_id: int
    balance_cents: int


class TransferIn(BaseModel):
    """A transfer from the caller's wallet."""

    to_account_id: int
    amount_cents: int = Field(gt=0, le=1_000_000)


class DepositIn(BaseModel):
    """A deposit into a wallet."""

    amount_cents: int = Field(gt=0, le=1_000_000)
