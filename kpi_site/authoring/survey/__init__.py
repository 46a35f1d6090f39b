"""Surveying a file of facts: what its dataset could say, guess by guess, for people to correct."""
