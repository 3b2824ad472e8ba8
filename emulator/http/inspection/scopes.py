"""Where something is: which accounts and regions."""

from dataclasses import dataclass

from emulator.http.inspection.filters import Scope
from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.store import scopes as scope_rows

routes = Routes()

MOST = 1_000


@dataclass(frozen=True, slots=True)
class MailScope:
    """An account in a region, and how many messages it has there."""

    account: str
    region: str
    messages: int


@dataclass(frozen=True, slots=True)
class MailScopeList:
    """The accounts and regions that have mail, an identity, or anything else, of most mail first; at most 1,000."""

    scopes: list[MailScope]


@routes.route("GET", "/scopes", query=Scope, answer=MailScopeList)
def list_scopes(parts: Parts, query: Scope) -> MailScopeList:
    """The accounts and regions that have anything: mail, or something that was set up."""
    with parts.context(query.account, query.region) as ctx:
        return MailScopeList([MailScope(*each) for each in scope_rows.most(ctx.tx, query.account, query.region, MOST)])
