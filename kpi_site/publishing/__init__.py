"""Publishing: freeze a report as an edition, sign it, note its revisions.

Rules: specification.md#publishing.
"""

from kpi_site.publishing.publish import publish
from kpi_site.publishing.rechain import rechain
from kpi_site.publishing.record import record
from kpi_site.publishing.sign import sign
from kpi_site.publishing.sign_pdf import sign_pdf

__all__ = ["publish", "rechain", "record", "sign", "sign_pdf"]
