"""`junit.xml`: a test suite a model, a test case an objective, so that any build server reads the verdicts.

FAIL is a `failure`, INCONCLUSIVE an `error`: in JUnit's words the test could not come to a result. `skipped`
would be counted as green by build servers, and contradict exit code 3: what nobody could judge is not kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from reports.inputs import Experiment
from reports.slo.judge import Judgement, Verdict, label
from reports.slo.words import wanted

_UNPRINTED = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, not even escaped."""
_TAGS = {"FAIL": "failure", "INCONCLUSIVE": "error"}


def junit(judgement: Judgement, experiment: Experiment) -> bytes:
    """The document; the same verdicts are the same bytes, so it holds no time and no host."""
    root = Element("testsuites", _attributes(judgement.title, judgement.verdicts))
    for model in judgement.by_model:
        held = [verdict for verdict in judgement.verdicts if verdict.model == model]
        suite = SubElement(root, "testsuite", _attributes(f"{experiment.scenario}: {model}", held))
        properties = SubElement(suite, "properties")
        for name, value in (
            ("slo", f"{judgement.name} {judgement.sha256}"),
            ("seed", str(experiment.seed)),
            ("version", f"{experiment.version} {experiment.commit}".strip()),
            ("command", experiment.command),
        ):
            SubElement(properties, "property", {"name": name, "value": _printed(value)})
        for verdict in held:
            _case(suite, experiment, verdict)
    indent(root)
    content: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _attributes(name: str, verdicts: Sequence[Verdict]) -> dict[str, str]:
    words = [verdict.word for verdict in verdicts]
    return {
        "name": _printed(name),
        "tests": str(len(words)),
        "failures": str(words.count("FAIL")),
        "errors": str(words.count("INCONCLUSIVE")),
        "skipped": "0",
    }


def _case(suite: Element, experiment: Experiment, verdict: Verdict) -> None:
    name = f"{verdict.objective.name}: {label(verdict.objective)} {wanted(verdict.objective)}"
    where = f"{experiment.scenario}.{verdict.model}"
    case = SubElement(suite, "testcase", {"classname": _printed(where), "name": _printed(name)})
    if tag := _TAGS.get(verdict.word):
        text = _printed(verdict.reason)
        told = SubElement(case, tag, {"type": verdict.word, "message": text})
        told.text = f"{text}. Threshold: {_printed(verdict.objective.source)}"
    else:
        SubElement(case, "system-out").text = _printed(verdict.reason)


def _printed(text: str) -> str:
    return _UNPRINTED.sub("\ufffd", text)
