"""The mailbox simulator: addresses of SES's own to which everything happens that can happen to mail."""

from emulator.ses import outcomes
from emulator.ses.outcomes import Fate

DOMAIN = "simulator.amazonses.com"
# Source: recorded events.
REMOTE_MTA_IP = "207.171.163.188"
SMTP_REPLY = "250 Ok"
USER_AGENT = "Amazon SES Mailbox Simulator"


def holds(address: str) -> bool:
    """Whether the address is one of the simulator's: its bounces and complaints do nobody any harm."""
    return address.rpartition("@")[2].lower() == DOMAIN


def fate(region: str, address: str) -> Fate:
    """What becomes of every message to an address of the simulator; `+label` changes nothing.

    Source: recorded events. Unverified: whatever the case, and that unknown addresses bounce as `bounce@` does and
    `blacklist@`, its former name, as `suppressionlist@`.
    """
    delivery = outcomes.delivery(region, address, smtp_response=SMTP_REPLY, remote_mta_ip=REMOTE_MTA_IP)
    match address.rpartition("@")[0].partition("+")[0].lower():
        case "success":
            return Fate(outcomes.DELIVERED, (delivery,))
        case "complaint":
            return Fate(outcomes.COMPLAINED, (delivery, outcomes.complaint(address, USER_AGENT, "abuse")))
        case "ooto":
            reply = outcomes.bounce(region, outcomes.TRANSIENT, outcomes.GENERAL, None)
            return Fate(outcomes.BOUNCED, (delivery, reply))
        case "suppressionlist" | "blacklist":
            return _bounce(region, f"(suppressed address: {address})")
        case _:
            return _bounce(region, f"<{address}>")


def _bounce(region: str, who: str) -> Fate:
    report = ("5.1.1", f"smtp; 550 5.1.1 As requested: user unknown {who}")
    return Fate(
        outcomes.BOUNCED,
        (outcomes.bounce(region, outcomes.PERMANENT, outcomes.GENERAL, report, REMOTE_MTA_IP),),
    )
