"""What a template makes of data, and what SES says when it can make nothing of it."""

import json
import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from emulator.mime.compose import Content
from emulator.ses import errors, limits
from emulator.store.templates import Template

if TYPE_CHECKING:
    from emulator.handlebars.syntax import Body

# Source: charset of recorded templated mail.
CHARSET = "UTF-8"
PARTS_REMEMBERED = 64

_NO_TEXT = re.compile("[\0\ud800-\udfff]")

Data = dict[str, Any]


class Rendered(NamedTuple):
    """A template's parts, filled in."""

    subject: Content
    text: Content | None
    html: Content | None


def check(template: Template) -> None:
    """Every part can be rendered, given the right data; else InvalidTemplate."""
    from emulator.handlebars import syntax  # as everywhere here: not before there is a template

    for name, source in _parts(template):
        try:
            syntax.parse(source)
        except syntax.SyntaxFault as fault:
            raise errors.InvalidTemplate(TemplateName=template.template_name, part=name, fault=str(fault)) from None


def data_of(text: str) -> Data:
    """Template data as given: a JSON object, else InvalidTemplateData. Of a key given twice, the last counts.

    Source: text that is no JSON, recorded. Unverified: that other JSON is refused alike, and so is `NaN`, or an object
    in an object in an object without end.
    """
    try:
        found = json.loads(text, parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError):
        raise errors.InvalidTemplateData from None
    if not isinstance(found, dict) or _deeper_than(limits.TEMPLATE_DATA_DEPTH, found):
        raise errors.InvalidTemplateData
    return found


def merged(default: Data, replacement: Data) -> Data:
    """The data of one destination: where both have an object, key by key; else the replacement. Source: recorded."""
    both = dict(default)
    for key, value in replacement.items():
        before = both.get(key)
        both[key] = merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return both


def render(template: Template, data: Data) -> Rendered:
    """The parts, filled in; MissingRenderingAttribute or RenderingFailed where data and template do not fit.

    Unverified: the parts are rendered in this order, so the first fault of the subject is the one that is told.
    """
    filled = {name: Content(_rendered(source, data), CHARSET) for name, source in _parts(template)}
    return Rendered(filled["SubjectPart"], filled.get("TextPart"), filled.get("HtmlPart"))


def _parts(template: Template) -> list[tuple[str, str]]:
    parts = {"SubjectPart": template.subject_part, "TextPart": template.text_part, "HtmlPart": template.html_part}
    return [(name, source) for name, source in parts.items() if source is not None]


def _rendered(source: str, data: Data) -> str:
    from emulator.handlebars import evaluate

    try:
        text = evaluate.render(_parsed(source), data)
    except evaluate.AttributeMissing as missing:
        raise errors.MissingRenderingAttribute(name=missing.name) from None
    except evaluate.RenderingFault as fault:
        raise errors.RenderingFailed(fault=str(fault)) from None
    return _NO_TEXT.sub("\ufffd", text)  # JSON can write what no text can hold


@lru_cache(maxsize=PARTS_REMEMBERED)
def _parsed(source: str) -> "Body":
    from emulator.handlebars import syntax

    return syntax.parse(source)


def _deeper_than(depth: int, data: Data) -> bool:
    level: list[Any] = [data]
    for _ in range(depth):
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, dict | list)
        ]
    return bool(level)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
