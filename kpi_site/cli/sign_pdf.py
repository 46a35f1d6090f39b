"""``kpi-site sign-pdf``: the printed report of an edition, signed with a certificate."""

from __future__ import annotations

import os

from kpi_site.cli.export import Number, chosen_edition
from kpi_site.cli.shared import (
    Lang,
    ReportPeriod,
    Root,
    app,
    messages_in,
    print_problems,
    say,
    says,
    site_options,
)


@app.command(
    "sign-pdf",
    help=says(
        "用机构证书（PKCS#12）签署一版的 PDF；证书和口令只取自环境变量。",
        "Sign the PDF of an edition with an organisation's certificate (PKCS#12), which the "
        "environment names.",
    ),
)
def sign_pdf(
    period: ReportPeriod, edition: Number = None, root: Root = None, lang: Lang = None
) -> None:
    """Write the signed files and name them, or say why there are none."""
    language = messages_in(lang)
    options = site_options(root, language)
    from kpi_site import exporting, publishing

    shelf, problems = exporting.read_shelf(options)
    if shelf is None:
        print_problems(problems, language)
        return
    chosen = chosen_edition(shelf, period, edition, language)
    paths, problems = publishing.sign_pdf(options.root, chosen, os.environ)
    if problems:
        print_problems(problems, language)
    for path in paths:
        say(path)
