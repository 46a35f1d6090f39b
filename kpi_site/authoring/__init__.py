"""Authoring: new files, worked examples, renaming and retiring cards, starting a site."""
