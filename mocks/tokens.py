"""Bearer tokens: issued for a secret, alive for so long, gone when the credentials expire."""

from __future__ import annotations

from hashlib import blake2b
from typing import NamedTuple

INTEGRATION = "integration"
"""The service account of the integration under test; every other user is somebody else."""

FIRST_SECRET = "secret"


class _Token(NamedTuple):
    user: str
    until_s: float


class Tokens:
    """Tokens of one system; `life_s` from issue, or from last use where `sliding`."""

    def __init__(self, system: str, life_s: float, sliding: bool = False) -> None:
        self._system = system
        self._life_s = life_s
        self._sliding = sliding
        self._tokens: dict[str, _Token] = {}
        self._count = 0
        self.secret = FIRST_SECRET

    def issue(self, user: str, secret: str, now_s: float) -> str | None:
        """A new token, or None where the secret is not (or no longer) the right one."""
        if secret != self.secret:
            return None
        self._tokens = {name: token for name, token in self._tokens.items() if token.until_s > now_s}
        self._count += 1
        token = blake2b(f"{self._system}|{user}|{self._count}".encode(), digest_size=24).hexdigest()
        self._tokens[token] = _Token(user, now_s + self._life_s)
        return token

    def user(self, authorization: str, now_s: float) -> str | None:
        """Who sends this header (`Bearer <token>` or `OAuth <token>`), or None."""
        name = authorization[authorization.find(" ") + 1 :]
        token = self._tokens.get(name)
        if token is None or token.until_s <= now_s:
            return None
        if self._sliding and token.until_s - now_s < self._life_s - 60.0:
            self._tokens[name] = _Token(token.user, now_s + self._life_s)
        return token.user

    def expire(self, secret: str) -> None:
        """All tokens end, and only the new secret gets another."""
        self._tokens.clear()
        self.secret = secret
