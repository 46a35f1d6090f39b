"""The release of the program itself: `make release` (CONTRIBUTING.md)."""
