"""Where there is mail: which accounts and regions."""

from dataclasses import dataclass

from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.store import messages as message_rows

routes = Routes()


@dataclass(frozen=True, slots=True)
class MailScope:
    """An account in a region, and how many messages it has there."""

    account: str
    region: str
    messages: int


@dataclass(frozen=True, slots=True)
class MailScopeList:
    """All that have messages, by account and region."""

    scopes: list[MailScope]


@routes.route("GET", "/scopes", answer=MailScopeList)
def list_scopes(parts: Parts) -> MailScopeList:
    """The accounts and regions that have messages."""
    with parts.context(None, None) as ctx:
        return MailScopeList([MailScope(*each) for each in message_rows.scopes(ctx.tx)])
