"""The schemas for editors accept what is read without problems, and refuse unknown keys."""

from __future__ import annotations

import json
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from kpi_site import yaml_core
from kpi_site.content import json_schemas
from tests.content.company import ACTION, ATTAINMENT, REPORT, SCORECARD, SITE, STOCK, TICKETS

SAMPLES = [
    ("site", SITE),
    ("dataset", TICKETS),
    ("indicator", ATTAINMENT),
    ("indicator", STOCK),
    ("scorecard", SCORECARD),
    ("scorecard", SCORECARD.replace("weight: 60.5", "weight: 60.5, of: {channel: phone}")),
    ("report", REPORT),
    ("action", ACTION),
]


@pytest.mark.parametrize(("kind", "text"), SAMPLES)
def test_schema(kind: str, text: str) -> None:
    schema: dict[str, Any] = json.loads(json.dumps(json_schemas()[kind]))
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    sound: Any = yaml_core.load(text)
    assert list(validator.iter_errors(sound)) == []
    assert list(validator.iter_errors({**sound, "nonsense": 1})) != []
    without = {key: value for key, value in sound.items() if key not in schema["required"]}
    assert list(validator.iter_errors(without)) != []
