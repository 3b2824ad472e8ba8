"""The schema that editors read agrees with what is taken."""

import importlib
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from emulator.seed import files, schema, starter
from emulator.seed.format import Seed
from emulator.seed.members import form
from tests.unit.seed import test_applying, test_reading
from tests.unit.seed.planting import Garden

ROOT = Path(__file__).parents[3]
jsonschema: Any = importlib.import_module("jsonschema")


@pytest.fixture(scope="module")
def validator() -> Any:
    document = schema.document()
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


def test_the_published_schema_is_up_to_date() -> None:
    assert (ROOT / "docs" / "seed.schema.json").read_text() == schema.text(), (
        "run `python -m emulator.seed.schema >docs/seed.schema.json`"
    )


def test_the_starter_is_a_seed(validator: Any, garden: Garden) -> None:
    text = starter.text("seed.yaml", "http://localhost:1")
    assert text.startswith("# yaml-language-server: $schema=http://localhost:1/_emulator/seed.schema.json\n")
    validator.validate(yaml.safe_load(text))
    planted = garden.plant(text)
    assert planted.things == planted.changed == 5


def test_what_the_starter_has_in_comments_is_a_seed_too(validator: Any, garden: Garden) -> None:
    _, told, body = starter.text("seed.yaml", "http://localhost:1").partition("in us-east-1.\n")
    assert told
    text = re.sub(r"^( *)# (?=[ a-z\"-])", r"\1", body, flags=re.MULTILINE)
    validator.validate(yaml.safe_load(text))
    texts = {"seed.yaml": text, "base.yaml": "", "templates/welcome.html": "<p>"}
    assert len(files.load("seed.yaml", files.among(texts)).seeds) == 2
    said = set(yaml.safe_load(text))
    assert said == set(form(Seed).members) - {"account", "region", "custom_verification_templates"}


@pytest.mark.parametrize("text", [test_applying.EVERYTHING, "identities: example.com", "x-any: {a: [1]}", "templates:"])
def test_what_is_taken_is_valid(validator: Any, text: str) -> None:
    files.load("seed.yaml", files.among({"seed.yaml": text}))
    validator.validate(yaml.safe_load(text))


# What a schema of this size does not say: how things relate, what a text holds, and what AWS's spelling may be.
UNDESCRIBED = (
    "is there",
    "is missing",
    "exactly one",
    "of the rule sets",
    "of domains",
    "not_started can",
    "the outcome",
    "the global list",
    "There is no operation",
    "e-mail address",
    "must be a name",
    "must be a positive",
    "no text",
    "s3_action?",
    "12 digits",
    "not '999",
)
DESCRIBED = [(text, said) for text, _, said in test_reading.WRONG if not any(each in said for each in UNDESCRIBED)]


@pytest.mark.parametrize(("text", "said"), DESCRIBED)
def test_what_is_wrong_is_invalid(validator: Any, text: str, said: str) -> None:
    assert not validator.is_valid(yaml.safe_load(text)), said
