"""The attack on a built site finds what is told, and what can be worked out, and nothing else."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

from kpi_site import downloads, stages
from kpi_site.attacking import attack
from kpi_site.options import Options
from tests.disclosure.survey import ANSWERS, survey
from tests.figures.small import card
from tests.oracle.product import TODAY

MONTHS = [{"a": 3, "b": 12, "c": 20, "d": 30}, *[{"a": 15, "b": 12, "c": 20, "d": 30}] * 3]


def put(root: Path) -> dict[str, bytes]:
    """Publish the downloads of a site as a build would, and return them."""
    found, _ = stages.figures(Options(root=root, today=TODAY))
    assert found is not None
    files = {file.path: file.data for file in downloads.files(found)}
    for name, data in files.items():
        path = root / "site" / "en" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return files


def told(root: Path) -> list[str]:
    return [p.message.en for p in attack(Options(root=root, today=TODAY))]


def test_there_must_be_a_site(tmp_path: Path) -> None:
    found = attack(Options(root=survey(tmp_path, MONTHS), today=TODAY))
    assert [(p.code, p.severity) for p in found] == [("no-built-site", "error")]


def test_a_protected_site_stands(tmp_path: Path) -> None:
    root = survey(tmp_path, MONTHS)
    put(root)
    assert told(root) == []


def test_a_site_that_tells_everything(tmp_path: Path) -> None:
    """Built before the rule was made: the small cell stands there."""
    put(survey(tmp_path, MONTHS, rule="off"))
    root = survey(tmp_path, MONTHS)
    found = attack(Options(root=root, today=TODAY))
    assert {p.code for p in found} == {"cell-exposed"}
    assert {p.where.file for p in found} == {"content/indicators/main/answers.yml"}
    (text,) = (p.message.en for p in found)
    assert text == (
        "answers month 2026-01 team=a is to be hidden, and data/values.csv tells that it lies "
        "from 3 to 3"
    )


def test_what_can_be_worked_out_is_told_with_its_interval(tmp_path: Path) -> None:
    """One file tells b and c of January again: a is what is left of 65 - 12 - 20 - 30."""
    root = survey(tmp_path, MONTHS)
    true = put(survey(tmp_path / "open", MONTHS, rule="off"))["data/values.csv"]
    rows = {
        tuple(row[n] for n in ("grain", "period", "member")): row
        for row in csv.DictReader(io.StringIO(true.decode()))
    }
    put(root)
    path = root / "site" / "en" / "data" / "indicators" / "answers.csv"
    lines = list(csv.reader(io.StringIO(path.read_text("utf-8"))))
    for line in lines:
        known = dict(zip(lines[0], line, strict=True))
        key = (known["grain"], known["period"], known["member"])
        if key in {("month", "2026-01", "b"), ("month", "2026-01", "c")}:
            line[:] = [rows[key].get(name, "") for name in lines[0]]
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(lines)
    found = told(root)
    assert any("month 2026-01 team=a is to be hidden" in text for text in found)
    (own,) = (text for text in found if "month 2026-01 team=a" in text)
    assert "lies from 3 to 3" in own
    assert "data/indicators/answers.csv" in own
    assert ANSWERS  # the only card: nothing else tells


def test_any_file_may_tell(tmp_path: Path) -> None:
    """13 answers of team b, hidden beside those of a, add up to 36: their mean is in a picture."""
    own = card("mean", "score: {from: answers, value: AVG(score)}", more="dimensions: [team]\n")
    root = survey(tmp_path, [{**MONTHS[0], "b": 13}, *MONTHS[1:]], ANSWERS, own)
    put(root)
    assert told(root) == []
    picture = root / "site" / "en" / "charts" / "mean.svg"
    picture.parent.mkdir(parents=True)
    picture.write_text('<svg><text x="3.25">2.7692307692</text></svg>', "utf-8")
    (text,) = told(root)
    assert text == (
        "mean month 2026-01 team=b is to be hidden, and charts/mean.svg tells that it lies "
        "from 2.76923 to 2.76923"
    )
    picture.write_text('<svg><text x="3.25">2.769</text></svg>', "utf-8")
    with gzip.open(picture.with_suffix(".json.gz"), "wb") as file:
        file.write(b'{"y": 276.9230769230769}')
    assert ["charts/mean.json.gz" in text for text in told(root)] == [True]


def test_a_third_of_something_may_be_anything(tmp_path: Path) -> None:
    """9 answers of team b, hidden beside those of a, add up to 25: 25/9 is no secret's own."""
    own = card("mean", "score: {from: answers, value: AVG(score)}", more="dimensions: [team]\n")
    root = survey(tmp_path, [{**MONTHS[0], "b": 9}, *MONTHS[1:]], ANSWERS, own)
    put(root)
    picture = root / "site" / "en" / "charts" / "mean.svg"
    picture.parent.mkdir(parents=True)
    picture.write_text("<svg><text>277.7777777778</text></svg>", "utf-8")
    assert told(root) == []
