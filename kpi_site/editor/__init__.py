"""What an editor asks of a site: completion, meanings, places, names, problems as one types.

`kpi_site.editor.server` speaks the Language Server Protocol; everything else works on texts and
offsets, and knows nothing of the protocol.
"""

from __future__ import annotations
