"""What a user got wrong, said in one line: where it stands, what is wrong, and how to put it right."""

from __future__ import annotations


class InputError(Exception):
    """Bad input. `str()` is one line, `where: what; remedy`; the face prints it and ends with exit code 2."""

    def __init__(self, where: str, what: str, remedy: str) -> None:
        super().__init__(where, what, remedy)
        self.where = where
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return " ".join(f"{self.where}: {self.what}; {self.remedy}".split())
