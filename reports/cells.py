"""What a table of the report is made of: text cells in labelled rows, grouped."""

from __future__ import annotations

from typing import NamedTuple


class Cell(NamedTuple):
    """A figure, the small print under it, and how it is set: "", "lead", "bad" or "quiet"."""

    text: str
    small: str = ""
    tone: str = ""


class Row(NamedTuple):
    """A labelled row of cells; `note` stands small beside the label."""

    label: str
    note: str
    cells: tuple[Cell, ...]


class Group(NamedTuple):
    """Rows under a common heading."""

    title: str
    rows: tuple[Row, ...]
