"""Reports to take along: a PDF for the board, an XLSX for those who calculate.

Rules: specification.md#commands.

An edition holds finished text, ``report.<language>.typ`` and ``workbook.<language>.json``; what
stands here makes these texts (``report_typ``, ``workbook_json``) and prints them (``to_pdf``,
``to_xlsx``), so that an upgrade of the program changes no published download.
"""
