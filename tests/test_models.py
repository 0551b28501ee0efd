"""Models: the shipped tables, one's own files, and what is said of a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.errors import InputError
from measurements.facts import WORKFLOWS
from pipeline.models import load, names


def test_every_shipped_model_names_a_pattern_for_each_workflow() -> None:
    for name in names():
        assert tuple(load(name).workflows) == WORKFLOWS


def test_the_hybrid_is_the_table_of_the_semantics() -> None:
    assert list(load("hybrid").workflows.values()) == ["api", "batch+api", "event", "api", "batch+event"]
    assert list(load("inverse-hybrid").workflows.values()) == ["batch", "event", "api", "batch", "api"]


def _file(folder: Path, text: str) -> str:
    path = folder / "mine.toml"
    path.write_text(text)
    return str(path)


def test_a_model_of_ones_own_is_read_from_its_path(tmp_path: Path) -> None:
    lines = "\n".join(f'{workflow} = "event"' for workflow in WORKFLOWS)
    model = load(_file(tmp_path, f'name = "mine"\n[workflows]\n{lines}\n'))

    assert (model.name, model.title, set(model.workflows.values())) == ("mine", "mine", {"event"})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name = "x"\n[workflows]\nquote_to_project = "batch"\n', "worker_alignment is missing"),
        ('name = "x"\ncolour = "red"\n[workflows]\n', "colour"),
        ("name = ", "cannot be read as TOML"),
        (
            'name = "x"\n[workflows]\n' + "\n".join(f'{workflow} = "magic"' for workflow in WORKFLOWS),
            "there is no pattern 'magic'",
        ),
    ],
)
def test_a_wrong_model_file_is_one_line_with_its_remedy(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as wrong:
        load(_file(tmp_path, text))

    assert said in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_an_unknown_model_is_answered_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="hybrid"):
        load("microservices")
