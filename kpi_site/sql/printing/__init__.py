"""Checked expressions as SQL text, for engines that count rows themselves.

They are printed from our own typed trees and never translated from what a card says: each
engine has a class that says where it differs from DuckDB, whose meaning is the normative one.
"""
