"""Posted: which version of each source record the pipeline has begun to post, by its own store."""

from __future__ import annotations

from pipeline.store import Store


class Posted:
    """Begun, and committed, before the first write: a recall then always finds what it may have to undo."""

    def __init__(self, store: Store, stream: str) -> None:
        self._store = store
        self._versions = store.table(f"posted.{stream}")

    def version(self, key: str, told: int = 0) -> int:
        """The version that stands or is on its way; `told` is what the source knows (0 = none)."""
        known: int | None = self._versions.get(key)
        return told if known is None else known

    def begin(self, key: str, version: int) -> None:
        """Writes of this version begin."""
        if self._versions.get(key) != version:
            self._versions.put(key, version)
            self._store.commit()

    def undone(self, key: str) -> None:
        """Nothing of the key stands."""
        self._versions.put(key, 0)
        self._store.commit()
