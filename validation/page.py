"""The page and the folder of a validation: validation.json for machines, validation.html for people."""

from __future__ import annotations

from pathlib import Path

from reports.figures.canvas import Drawing
from reports.inputs import Experiment
from reports.page import environment
from reports.run_list import put
from validation import rows
from validation.campaign import Validation
from validation.figures import picture
from validation.regimes import REGIMES
from validation.summary import encoded


def write(found: Validation, base: Experiment, out: Path) -> None:
    """Write both files into `out` (made if absent). Raises OSError."""
    out.mkdir(parents=True, exist_ok=True)
    put(out / "validation.json", encoded(found, base))
    put(out / "validation.html", html(found, base).encode())


def html(found: Validation, base: Experiment) -> str:
    """The page: styles and figures inside, no script, nothing fetched."""
    return (
        environment()
        .get_template("validation.html.j2")
        .render(
            base=base,
            headline=rows.headline(found),
            calibration=rows.calibration_sentence(found),
            powers=list(rows.power_sentences(found)),
            drawings=_drawings(found),
            error_columns=rows.ERRORS,
            errors=rows.error_groups(found),
            counts=rows.count_groups(found),
            regimes=[(regime.title, regime.why) for regime in REGIMES],
            gates=rows.gate_groups(found),
        )
    )


def _drawings(found: Validation) -> dict[str, Drawing]:
    drawn = {model.name: picture(found.judged, model.name) for model in found.asked.models}
    return {name: drawing for name, drawing in drawn.items() if drawing is not None}
