"""Accounts to seed, without a server."""

from typing import Any, NamedTuple

from emulator.context import Context, Contexts
from emulator.seed import applying, exporting, files, writing
from emulator.seed.applying import Scope, Seeded

REGION = "us-east-1"


class Garden(NamedTuple):
    """An account, and what was planted there."""

    contexts: Contexts
    account_id: str

    def plant(self, text: str, name: str = "seed.yaml") -> Seeded:
        """The seed has been applied to the account."""
        loaded = files.load(name, files.among({name: text}))
        return applying.apply(self.contexts, loaded.seeds, self.account_id)

    def exported(self) -> str:
        """What is set up in the account, in YAML."""
        with self.contexts.open(self.account_id, REGION, write=False) as ctx:
            return writing.to_yaml(exporting.export(ctx, Scope(self.account_id)))

    def state(self) -> dict[str, Any]:
        """The same in Python's types."""
        with self.contexts.open(self.account_id, REGION, write=False) as ctx:
            return writing.plain(exporting.export(ctx, Scope(self.account_id)))

    def look(self, function: Any, *arguments: Any) -> Any:
        """What a rule of SES says of the account."""
        with self.contexts.open(self.account_id, REGION, write=False) as ctx:
            return function(ctx, *arguments)

    def do(self, function: Any, *arguments: Any, **named: Any) -> Any:
        """The same where it changes something."""
        with self.contexts.open(self.account_id, REGION, write=True) as ctx:
            return function(ctx, *arguments, **named)


def rows(ctx: Context, table: str) -> int:
    """How many rows a table has."""
    return int(ctx.tx.run(f"SELECT COUNT(*) FROM {table}").fetchone()[0])
