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
    from emulator.handlebars.evaluate import Budget
    from emulator.handlebars.syntax import Body

# Source: charset of recorded templated mail.
CHARSET = "UTF-8"
PARTS_REMEMBERED = 64

# Source: a placeholder for the tracking pixel, in templates too, developer guide (documented).
_OPEN_TRACKER = "ses:openTracker"
_SURROGATE = re.compile("[\ud800-\udfff]")

Data = dict[str, Any]


class Rendered(NamedTuple):
    """A template's parts, filled in."""

    subject: Content
    text: Content | None
    html: Content | None


def check(template: Template) -> None:
    """Every part can be rendered, given the right data; else InvalidTemplate."""
    from emulator.handlebars import syntax, tags  # as everywhere here: not before there is a template

    budget = tags.Budget()
    for name, source in _parts(template):
        try:
            syntax.parse(source, budget)
        except tags.SyntaxFault as fault:
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
    may_be_deep = text.count("[") + text.count("{") > limits.TEMPLATE_DATA_DEPTH  # a look at each value takes longer
    if not isinstance(found, dict) or (may_be_deep and _deeper_than(limits.TEMPLATE_DATA_DEPTH, found)):
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
    from emulator.handlebars import evaluate

    budget = evaluate.Budget()
    filled = {}
    for name, source in _parts(template):
        longest = limits.RENDERED_SUBJECT_LENGTH if name == "SubjectPart" else evaluate.MAX_CHARACTERS
        filled[name] = Content(_rendered(source, data, budget, longest), CHARSET)
    return Rendered(filled["SubjectPart"], filled.get("TextPart"), filled.get("HtmlPart"))


def _parts(template: Template) -> list[tuple[str, str]]:
    parts = {"SubjectPart": template.subject_part, "TextPart": template.text_part, "HtmlPart": template.html_part}
    return [(name, source) for name, source in parts.items() if source is not None]


def _rendered(source: str, data: Data, budget: "Budget", longest: int) -> str:
    from emulator.handlebars import evaluate, tags

    if _OPEN_TRACKER in source:  # stays, until the message is delivered
        data = {**data, _OPEN_TRACKER: f"{{{{{_OPEN_TRACKER}}}}}"}
    try:
        text = evaluate.render(_parsed(source), data, budget, longest)
    except evaluate.AttributeMissing as missing:
        raise errors.MissingRenderingAttribute(name=missing.name) from None
    except (evaluate.RenderingFault, tags.SyntaxFault) as fault:  # the latter: it was kept when more was allowed
        raise errors.RenderingFailed(fault=str(fault)) from None
    return _writable(text)


def _writable(text: str) -> str:
    """The text without what JSON can write and no text can hold."""
    text = text.replace("\0", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text)
    return text


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
            if type(inner) in (dict, list)
        ]
    return bool(level)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
