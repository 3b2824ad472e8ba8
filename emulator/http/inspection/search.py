"""The language of searches, for those who help to type it."""

from dataclasses import dataclass

from emulator.context import Context
from emulator.http.inspection.filters import AccountScope
from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.ses import searching
from emulator.store import configuration_sets as configuration_set_rows
from emulator.store import identities as identity_rows
from emulator.store import templates as template_rows

routes = Routes()

SUGGESTED = 100  # names of one kind


@dataclass(frozen=True, slots=True)
class SearchOperator:
    """What can be typed before a colon, what it finds, and values that make sense behind it."""

    name: str
    example: str
    help: str
    values: list[str]


@dataclass(frozen=True, slots=True)
class SearchOperatorList:
    """All operators of `q`; a `-` before any of them says that it must not hold."""

    operators: list[SearchOperator]


@routes.route("GET", "/search/operators", query=AccountScope, answer=SearchOperatorList)
def list_operators(parts: Parts, query: AccountScope) -> SearchOperatorList:
    """The operators of searches, and the values that the account has for them."""
    with parts.context(query.account, query.region) as ctx:
        named = _names(ctx)
    return SearchOperatorList(
        [
            SearchOperator(each.name, each.example, each.help, named.get(each.name, list(each.values)))
            for each in searching.OPERATORS.values()
        ]
    )


def _names(ctx: Context) -> dict[str, list[str]]:
    here = (ctx.tx, ctx.account_id, ctx.region)
    return {
        "config-set": [each.name for each in configuration_set_rows.after(*here, 0, SUGGESTED)],
        "template": [each.template_name for each in template_rows.after(*here, 0, SUGGESTED)],
        "identity": [each.identity for each in identity_rows.after(*here, None, limit=SUGGESTED)],
    }
