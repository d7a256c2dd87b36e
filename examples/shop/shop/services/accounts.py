"""Registration, login and wallets."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.errors import Conflict, NotFound, ShopError
from shop.models import Account, User
from shop.models.user import ROLE_CUSTOMER
from shop.repositories import users as user_repo
from shop.schemas import LoginIn, RegisterIn
from shop.security import create_token, hash_password, verify_password


class BadCredentials(ShopError):
    """The e-mail address or the password is wrong."""

    status_code = 401


def register(db: Session, payload: RegisterIn) -> User:
    """Register a customer, making sure that each address is used once."""
    email = payload.email.lower()
    if user_repo.by_email(db, email) is not None:
        raise Conflict("This e-mail address is already registered")
    user = User(email=email, name=payload.name, password_hash=hash_password(payload.password), role=ROLE_CUSTOMER)
    user_repo.add(db, user)
    db.commit()
    return user


def login(db: Session, payload: LoginIn) -> str:
    """Check credentials and return a token."""
    user = user_repo.by_email(db, payload.email)
    if user is None or not verify_password(payload.password, user.password_hash):
        raise BadCredentials("Wrong e-mail address or password")
    return create_token(user.id, user.role)


def get_account(db: Session, user_id: int) -> Account:
    """Return the wallet of a user."""
    account = user_repo.get_account(db, user_id)
    if account is None:
        raise NotFound("No wallet")
    return account


def deposit(db: Session, user_id: int, amount_cents: int) -> Account:
    """Add money to a wallet in one atomic statement."""
    account = get_account(db, user_id)
    db.execute(
        update(Account).where(Account.id == account.id).values(balance_cents=Account.balance_cents + amount_cents)
    )
    db.commit()
    db.refresh(account)
    return account


def withdraw(db: Session, user_id: int, amount_cents: int) -> Account:
    """Take money out of a wallet."""
    account = get_account(db, user_id)
    balance = account.balance_cents
    if balance < amount_cents:
        raise Conflict("Not enough money")
    account.balance_cents = balance - amount_cents
    db.commit()
    return account


def transfer(db: Session, from_id: int, to_id: int, amount_cents: int) -> None:
    """Move money between two wallets; both rows are locked so nothing can go wrong."""
    source = user_repo.lock_account(db, from_id)
    target = user_repo.lock_account(db, to_id)
    if source is None or target is None:
        raise NotFound("No such wallet")
    if source.balance_cents < amount_cents:
        raise Conflict("Not enough money")
    source.balance_cents -= amount_cents
    target.balance_cents += amount_cents
    db.commit()


def merge_accounts(db: Session, keep_id: int, drop_id: int) -> Account:
    """Move the whole balance of one wallet into another; rows are locked in the order of their ids."""
    accounts = {account.id: account for account in user_repo.lock_accounts(db, [keep_id, drop_id])}
    if keep_id not in accounts or drop_id not in accounts or keep_id == drop_id:
        raise NotFound("No such wallets")
    accounts[keep_id].balance_cents += accounts[drop_id].balance_cents
    accounts[drop_id].balance_cents = 0
    db.commit()
    return accounts[keep_id]
