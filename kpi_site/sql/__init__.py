"""The SQL of cards and datasets: read, checked, typed, and handed to Polars."""
