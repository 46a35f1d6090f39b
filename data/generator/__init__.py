"""The seeded generator of the sample company's facts."""
