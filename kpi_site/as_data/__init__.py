"""Cards, figures and scores as data: once, for downloads, differences and editions."""
