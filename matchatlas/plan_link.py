"""A plan as the text of a link's fragment, which a browser keeps to itself: no server ever sees it."""

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode

from matchatlas.plan import Plan, save
from matchatlas.plan_file import LARGEST, PlanError

LONGEST = 16_000  # characters; some messengers cut what is longer
LONGEST_QR = 2_953  # bytes that the largest QR code holds
BROKEN = "The link was cut short or changed on its way: copy it anew, or send the plan's file."


def packed(plan: Plan) -> str | None:
    """The plan as text that may stand in a link; None where it is too long for one."""
    content = json.dumps(json.loads(save(plan)), separators=(",", ":"), ensure_ascii=False)
    text = urlsafe_b64encode(zlib.compress(content.encode(), 9)).rstrip(b"=").decode()
    return text if len(text) <= LONGEST else None


def for_reading(plan: Plan, named: bool) -> Plan:
    """What a client reads of a consultation: profile, scenarios, dates, the tutor's note; the client's name where asked.

    Target list, rank order list and interview notes stay with who entered them.
    """
    told = ("applicant", "scenarios", "applications", "stage", "start", "done", "weeks", "own_costs", "tutor")
    return Plan(**{name: getattr(plan, name) for name in told}, client=plan.client if named else "")


def unpacked(text: str) -> bytes:
    """The content of the plan's file out of a link's text; never more than a file may hold.

    Raises PlanError for what no link can have had.
    """
    if len(text) > LONGEST or not text.isascii():
        raise PlanError(BROKEN)
    try:
        inflate = zlib.decompressobj()
        content = inflate.decompress(urlsafe_b64decode(text + "=" * (-len(text) % 4)), LARGEST + 1)
    except (ValueError, zlib.error):
        raise PlanError(BROKEN) from None
    if len(content) > LARGEST or not inflate.eof:
        raise PlanError(BROKEN)
    return content
