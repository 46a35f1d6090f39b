"""``kpi-site export-semantics``: datasets and cards as a semantic model for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kpi_site.cli.shared import (
    Audience,
    Lang,
    Root,
    app,
    messages_in,
    print_problems,
    say,
    says,
    site_options,
)
from kpi_site.problems import Message, has_errors


@app.command(
    name="export-semantics",
    help=says(
        "把数据集和指标卡写成 Apache Ossie 语义模型（草案 0.2），供其他程序读取。",
        "Write datasets and cards as a semantic model of Apache Ossie (draft 0.2).",
    ),
)
def export_semantics(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.yaml", help=says("写到哪里", "Where to write it"))
    ],
    audience: Audience = None,
    root: Root = None,
    lang: Lang = None,
) -> None:
    """Write the model, and say how many cards are metrics."""
    language = messages_in(lang)
    options = site_options(root, language, audience=audience)
    import yaml

    from kpi_site.as_data.semantics import semantic_model
    from kpi_site.audience import narrowed
    from kpi_site.content import read_catalog
    from kpi_site.files import write_out
    from kpi_site.stages import unknown_options

    catalog, problems = read_catalog(options.root, today=options.today)
    if catalog is not None:
        problems = (*problems, *unknown_options(options, catalog))
    if catalog is None or has_errors(problems):
        print_problems(problems, language)
        raise typer.Exit(1)
    catalog = narrowed(catalog, options.audience)
    model = semantic_model(catalog, catalog.site.languages[0])
    text = yaml.safe_dump(model, allow_unicode=True, sort_keys=False, width=100)
    write_out(file, text.encode())
    said, cards = len(model.get("metrics", ())), len(catalog.indicators)
    done = Message(
        f"{file}：{cards} 张指标卡中 {said} 张写成 metrics，其余在 custom_extensions 里",
        f"{file}: {said} of {cards} cards are metrics; the others stand in custom_extensions",
    )
    say(done.get(language))
