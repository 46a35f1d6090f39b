"""What a built site carries of its editions, and whether its pages are still those.

A site for everybody holds, beside its languages, the folder ``published``: the ledger, each
edition's manifest, texts, figures and signatures, byte for byte. With them the site is checked
far from the handbook: no facts, no version control, no network (specification.md#verify).
"""
