"""What a change does: one state of a site compared with another.

Rules: specification.md#commands.

``git`` and ``checkout`` bring a commit into a folder, ``sides`` reads and computes both
states, ``compare`` tells them apart, ``view`` puts that into words, and ``markdown``, ``text``
and ``as_json`` write it down.
"""
