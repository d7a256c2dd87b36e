"""Registration, login, users and wallets."""

from fastapi import APIRouter, Depends

from shop.config import TOKEN_TYPE
from shop.models import Account, User
from shop.repositories import users as user_repo
from shop.schemas import AccountOut, DepositIn, LoginIn, ProfileIn, RegisterIn, TokenOut, TransferIn, UserOut
from shop.security import AdminUser, CurrentUser, DbSession, limit_login
from shop.services import accounts

auth_router = APIRouter(prefix="/auth", tags=["auth"])
router = APIRouter(tags=["users"])


@auth_router.post("/register", response_model=UserOut, status_code=201)
def register(payload: RegisterIn, db: DbSession) -> User:
    """Create a customer."""
    return accounts.register(db, payload)


@auth_router.post("/login", response_model=TokenOut, dependencies=[Depends(limit_login)])
def login(payload: LoginIn, db: DbSession) -> TokenOut:
    """Exchange credentials for a token."""
    return TokenOut(access_token=accounts.login(db, payload), token_type=TOKEN_TYPE)


@auth_router.get("/me", response_model=UserOut)
def me(user: CurrentUser) -> User:
    """Return the caller."""
    return user


@router.get("/users", response_model=list[UserOut])
def list_users(admin: AdminUser, db: DbSession) -> list[User]:
    """List the users."""
    return user_repo.list_all(db)


@router.patch("/users/me", response_model=UserOut)
def update_profile(payload: ProfileIn, user: CurrentUser, db: DbSession) -> User:
    """Change the caller's profile."""
    user.name = payload.name
    db.commit()
    return user


@router.get("/accounts/me", response_model=AccountOut)
def my_account(user: CurrentUser, db: DbSession) -> Account:
    """Return the caller's wallet."""
    return accounts.get_account(db, user.id)


@router.post("/accounts/me/deposit", response_model=AccountOut)
def deposit(payload: DepositIn, user: CurrentUser, db: DbSession) -> Account:
    """Put money into the caller's wallet."""
    return accounts.deposit(db, user.id, payload.amount_cents)


@router.post("/accounts/me/withdraw", response_model=AccountOut)
def withdraw(payload: DepositIn, user: CurrentUser, db: DbSession) -> Account:
    """Take money out of the caller's wallet."""
    return accounts.withdraw(db, user.id, payload.amount_cents)


@router.post("/accounts/me/transfer", response_model=AccountOut)
def transfer(payload: TransferIn, user: CurrentUser, db: DbSession) -> Account:
    """Send money to another wallet."""
    source = accounts.get_account(db, user.id)
    accounts.transfer(db, source.id, payload.to_account_id, payload.amount_cents)
    return accounts.get_account(db, user.id)


@router.post("/accounts/{keep_id}/merge/{drop_id}", response_model=AccountOut)
def merge_accounts(keep_id: int, drop_id: int, admin: AdminUser, db: DbSession) -> Account:
    """Merge two wallets."""
    return accounts.merge_accounts(db, keep_id, drop_id)
