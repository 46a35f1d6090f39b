"""Charts: Vega-Lite specs that hold only published numbers, and small pictures as inline SVG."""
