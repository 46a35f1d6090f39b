"""The formula of a card: evaluated exactly, and printed as mathematics."""
