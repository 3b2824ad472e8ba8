"""The DNS console of a domain's owner. The zone is everybody's: a test uses names that hold its own account."""

from emulator.remote import Server
from tests.support.aws import Account

Record = dict[str, str]


def domain_of(account: Account) -> str:
    """A domain that no other test has."""
    return f"d{account.account_id}.example.com"


def to_publish(account: Account, identity: str, *kinds: str) -> list[Record]:
    """The records of these types that would verify the identity and its parts, as inspection shows them."""
    proof = account.inspect("GET", f"/identities/{identity}/verification", region=account.region)
    return [record for record in proof["records"] if record["type"] in kinds or not kinds]


def publish(account: Account, *records: Record) -> None:
    """The records are in the zone."""
    for record in records:
        Server(account.url).ask("PUT", "/dns/records", body=record)


def withdraw(account: Account, *records: Record) -> None:
    """The records are no longer there; each was."""
    for record in records:
        assert Server(account.url).ask("DELETE", "/dns/records", record) == {"withdrawn": 1}


def values(account: Account, name: str) -> list[str]:
    """What is in the zone at a name."""
    records = Server(account.url).ask("GET", "/dns/records")["records"]
    return [record["value"] for record in records if record["name"] == name]


def freeze(account: Account) -> Account:
    """The emulated clock stands still: only for a test with a server of its own."""
    Server(account.url).ask("PUT", "/clock", body={"frozen": True})
    return account
