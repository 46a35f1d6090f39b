"""Wording: numbers, periods and fixed words in the reader's language, safe in Markdown."""
