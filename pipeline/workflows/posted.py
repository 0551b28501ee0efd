"""Posted: which versions of each source record the pipeline has begun to post, by its own store."""

from __future__ import annotations

from pipeline.store import Store


class Posted:
    """Begun, and committed, before the first write: a recall then always finds what it may have to undo.

    A key's versions are all that may stand: a new one does not displace the old before that is undone.
    """

    def __init__(self, store: Store, stream: str) -> None:
        self._store = store
        self._versions = store.table(f"posted.{stream}")

    def version(self, key: str, told: int = 0) -> int:
        """The version that stands or is on its way; `told` is what the source knows (0 = none)."""
        known: tuple[int, ...] | None = self._versions.get(key)
        if known is None:
            return told
        return known[-1] if known else 0

    def others(self, key: str, version: int, told: int = 0) -> bool:
        """Whether another version than this may stand, so that the target must be asked first."""
        known: tuple[int, ...] | None = self._versions.get(key)
        return any(held != version for held in (known if known is not None else (told,) if told else ()))

    def begin(self, key: str, version: int) -> None:
        """Writes of this version begin."""
        known: tuple[int, ...] = self._versions.get(key) or ()
        if known[-1:] != (version,):
            self._keep(key, (*(held for held in known if held != version), version))

    def alone(self, key: str, version: int) -> None:
        """The target was asked: no other version stands any more."""
        if self._versions.get(key) != (version,):
            self._keep(key, (version,))

    def undone(self, key: str) -> None:
        """Nothing of the key stands."""
        self._keep(key, ())

    def _keep(self, key: str, versions: tuple[int, ...]) -> None:
        self._versions.put(key, versions)
        self._store.commit()
