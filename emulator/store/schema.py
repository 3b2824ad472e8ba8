"""Every table, in one file: the picture of our state.

Times are whole milliseconds since 1970 (`*_at`); trees that SES treats as opaque are JSON text.
Migrations own the tables of a database in use; a test compares the two.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text
from sqlalchemy import UniqueConstraint as Unique

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

Sequence = BigInteger().with_variant(Integer, "sqlite")  # SQLite's rowid needs the name INTEGER

# One row. `revision` grows with every change of what calls are checked against (identities, clock, ...),
# so a process knows by one read whether what it remembers still holds.
instance = Table(
    "instance",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("revision", BigInteger, nullable=False),
    Column("secret", String(64), nullable=False),
    Column("clock_offset_ms", BigInteger, nullable=False),
    Column("clock_frozen_at", BigInteger),
)

identities = Table(
    "identities",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("account_id", String(12), nullable=False),
    Column("region", Text, nullable=False),
    Column("identity", Text, nullable=False),
    Column("identity_type", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger, nullable=False),  # the last Verify... call that began a new window
    Column("confirmed_at", BigInteger),  # the link was followed, or a test said so
    Column("auto_confirmed_at", BigInteger),  # the moment the emulator plays the owner
    Column("failed_at", BigInteger),  # a test said so
    Unique("account_id", "region", "identity"),
)

# The emulated zone, and what a real resolver was seen to answer. A withdrawn record stays as a fact:
# the state of a domain follows from when its record was there.
dns_records = Table(
    "dns_records",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("published_at", BigInteger, nullable=False),
    Column("withdrawn_at", BigInteger),
    Index(None, "name", "type"),
)

messages = Table(
    "messages",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("account_id", String(12), nullable=False),
    Column("region", Text, nullable=False),
    Column("direction", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("from_header", Text),
    Column("return_path", Text),
    Column("subject", Text),
    Column("headers", Text, nullable=False),  # {"to": [...], "cc": [...], "bcc": [...], "reply_to": [...]}
    Column("recipients", Text, nullable=False),  # [[address, kind, status], ...]
    Column("addressed", Text, nullable=False),  # every address and To, Cc or Bcc text, a line each, to search
    Column("tags", Text, nullable=False),  # [[name, value], ...]
    Column("configuration_set", Text),
    Column("template", Text),
    Column("template_data", Text),
    Column("size_bytes", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index(None, "account_id", "region", "seq"),
)

# The message as composed or submitted; what SES adds on the way out follows from the row above.
message_contents = Table(
    "message_contents",
    metadata,
    Column(
        "message_seq",
        Sequence,
        ForeignKey("messages.seq", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("raw", LargeBinary, nullable=False),
)

# What a reader sees of it: known at once, or worked out on delivery. A table of its own, as to change a row is to
# write it anew, with all that is in it.
message_views = Table(
    "message_views",
    metadata,
    Column(
        "message_seq",
        Sequence,
        ForeignKey("messages.seq", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("text", Text),
    Column("html", Text),
    Column("attachments", Text, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("message_seq", BigInteger, ForeignKey("messages.seq", ondelete="CASCADE"), nullable=False),
    Column("type", Text, nullable=False),
    Column("recipients", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index(None, "message_seq"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("account_id", String(12), nullable=False),
    Column("region", Text, nullable=False),
    Column("task", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("state", Text, nullable=False),  # pending or dead; a job that is done is gone
    Column("run_at", BigInteger, nullable=False),  # emulated time
    Column("leased_until", BigInteger),  # wall time: moving the clock must not end a lease
    Column("attempts", Integer, nullable=False),
    Column("error", Text),
    Column("created_at", BigInteger, nullable=False),
    Index(None, "state", "run_at"),
)
