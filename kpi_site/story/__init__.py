"""What is said about cards, scorecards, departments and reports, in one language, once.

Plain immutable values: no Markdown, no Typst, no HTML. What is told, in which order, and how
much of a long list, is decided here and nowhere else; the pages, the printed report, the
workbook and the terminal walk what stands here, and decide only how it looks.
"""
