"""API keys: random secrets, stored as salted hashes only."""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path

from sqlalchemy import insert, select, update
from sqlalchemy.engine import RowMapping

from app.errors import UnknownKey
from app.state.database import Database, now, translate
from app.state.domain import Key, NewKey, Role
from app.state.tables import API_KEYS

_PREFIX = "jx"
_SECRET_BYTES = 32
_NO_SALT = "0" * 32


class Keys:
    """The API keys of the service.

    A secret reads ``jx_ID_RANDOM``: the id finds the row, and 256 random bits need no slow hash.
    """

    def __init__(self, database: Database, marker: Path) -> None:
        """``marker`` is a file that exists since the first key was made, also where the database is lost."""
        self._database = database
        self._marker = marker

    async def create(self, name: str, role: Role, *, days: float | None = None) -> NewKey:
        """Make a key, which ends after so many days if they are given; only the result contains its secret."""
        id_ = secrets.token_hex(6)
        secret = f"{_PREFIX}_{id_}_{secrets.token_urlsafe(_SECRET_BYTES)}"
        salt = secrets.token_hex(16)
        key = Key(id_, name, role, now(), expires_at=None if days is None else now(days=days))
        async with self._database.writing() as connection:
            await connection.execute(insert(API_KEYS).values(salt=salt, hash=_hash(salt, secret), **asdict(key)))
        await asyncio.to_thread(self._mark)
        return NewKey(key, secret)

    async def verify(self, secret: str) -> Key | None:
        """The key of a secret, or None where it is unknown or closed; the comparison takes constant time."""
        parts = secret.split("_", 2)
        id_ = parts[1] if len(parts) == 3 and parts[0] == _PREFIX else ""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(API_KEYS).where(API_KEYS.c.id == id_))).mappings().first()
        expected = row["hash"] if row else _hash(_NO_SALT, _PREFIX)
        same = hmac.compare_digest(_hash(row["salt"] if row else _NO_SALT, secret), expected)
        key = _key(row) if row is not None and same else None
        return key if key is not None and key.open_at(now()) else None

    async def revoke(self, id_: str) -> None:
        """Revoke a key permanently; raises UnknownKey."""
        async with self._database.writing() as connection:
            done = await connection.execute(
                update(API_KEYS).where(API_KEYS.c.id == id_, API_KEYS.c.revoked_at.is_(None)).values(revoked_at=now())
            )
            if done.rowcount == 0:
                known = await connection.execute(select(API_KEYS.c.id).where(API_KEYS.c.id == id_))
                if known.first() is None:
                    raise UnknownKey(id_)

    async def all(self) -> Sequence[Key]:
        """Every key, oldest first, revoked ones as well."""
        async with self._database.reading() as connection:
            query = select(API_KEYS).order_by(API_KEYS.c.created_at, API_KEYS.c.id)
            return [_key(row) for row in (await connection.execute(query)).mappings()]

    async def any_active(self) -> bool:
        """Whether a key exists that is not closed."""
        return any(key.open_at(now()) for key in await self.all())

    async def in_use(self) -> bool:
        """Whether a key was ever made, also where all are revoked: then nobody is served without one."""
        if await asyncio.to_thread(self._marker.exists):
            return True
        async with self._database.reading() as connection:
            made = (await connection.execute(select(API_KEYS.c.id).limit(1))).first() is not None
        if made:
            await asyncio.to_thread(self._mark)
        return made

    def _mark(self) -> None:
        try:
            self._marker.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._marker.touch(mode=0o600)
        except OSError as error:
            raise translate(error) from error


def _hash(salt: str, secret: str) -> str:
    return hashlib.sha256(f"{salt}:{secret}".encode()).hexdigest()


def _key(row: RowMapping) -> Key:
    return Key(**{field.name: row[field.name] for field in fields(Key)})
