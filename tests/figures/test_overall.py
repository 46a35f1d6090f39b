"""A divisor without the breakdown: the whole's value for every member. Worked by hand."""

from __future__ import annotations

from pathlib import Path

from tests.figures.small import card, dataset, figures, write

SITES = Path(__file__).parents[1] / "sites"


def test_members_are_divided_by_everyone(tmp_path: Path) -> None:
    """Five people at the end of January, of whom one leaves and one joins in February."""
    root = tmp_path / "site"
    files = {
        str(p.relative_to(SITES / "overall")): p.read_text("utf-8")
        for p in (SITES / "overall").rglob("*.*")
        if p.is_file()
    }
    found = figures(write(root, files))
    # 3 incidents, 5 people; 2 slips and 1 burn.
    assert [found[f"rate 2026-01{m}"] for m in ("", " slip", " burn", " cut")] == [
        "60", "40", "20", "0",
    ]  # fmt: skip
    assert [found[f"rate 2026-02{m}"] for m in ("", " slip", " burn", " cut")] == [
        "40", "20", "0", "20",
    ]  # fmt: skip
    # 16 of cost by the 32 hours of the people of January.
    assert found["rate_grown 2026-02"] == "0.5"
    assert found["rate_grown 2026-02 cut"] == "0.28125"
    parts = figures(root, "terms")
    assert parts["rate.everyone 2026-01 slip"] == parts["rate.people 2026-01"] == "5"
    assert "rate.people 2026-01 slip" not in parts


def test_an_unused_term_may_lack_the_dimension(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            **dataset("sales", "name: region, type: string"),
            **dataset("plans"),
            **card(
                "sold",
                "sold: {from: sales, value: COUNT(*)}",
                "planned: {from: plans, value: COUNT(*)}",
                more="dimensions: [region]\n",
            ),
            "data/sales.csv": "day,region\n2026-03-01,north\n2026-03-02,south\n",
            "data/plans.csv": "day\n2026-03-01\n",
        },
    )
    assert figures(root)["sold 2026-03 north"] == "1"
