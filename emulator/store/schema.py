"""Every table, in one file: the picture of our state.

Times are whole milliseconds since 1970 (`*_at`); trees that SES treats as opaque are JSON text.
Migrations own the tables of a database in use; a test compares the two.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)
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
    Column("configuration_set", Text),  # of sends that name none
    Unique("account_id", "region", "identity"),
)


def _of_identity(**options: Any) -> "Column[int]":
    return Column("identity_seq", Sequence, ForeignKey("identities.seq", ondelete="CASCADE"), **options)


# What was set up for an identity beside its verification; no row: nothing was. The `*_at` columns of DKIM and MAIL FROM
# are facts as in `identities`.
identity_dkim = Table(
    "identity_dkim",
    metadata,
    _of_identity(primary_key=True, autoincrement=False),
    Column("enabled", Boolean, nullable=False),
    Column("started_at", BigInteger),  # the last VerifyDomainDkim that began a new window
    Column("confirmed_at", BigInteger),
    Column("auto_confirmed_at", BigInteger),
    Column("failed_at", BigInteger),
)

# The private half behind each token; the public one is in the zone while the identity is there. The key stays when that
# is gone, for the mail it signed. SES's own has account and region ``.
dkim_keys = Table(
    "dkim_keys",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("identity_seq", Sequence, ForeignKey("identities.seq", ondelete="SET NULL")),
    Column("account_id", String(12), nullable=False),
    Column("region", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("private_key", Text, nullable=False),  # PEM
    Unique("identity_seq", "token"),
    sqlite_autoincrement=True,  # a number that messages know is not given again
)

identity_mail_from = Table(
    "identity_mail_from",
    metadata,
    _of_identity(primary_key=True, autoincrement=False),
    Column("mail_from_domain", Text, nullable=False),
    Column("behavior_on_mx_failure", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("confirmed_at", BigInteger),
    Column("auto_confirmed_at", BigInteger),
    Column("failed_at", BigInteger),
)

identity_notifications = Table(
    "identity_notifications",
    metadata,
    _of_identity(primary_key=True, autoincrement=False),
    Column("forwarding", Boolean, nullable=False),
    Column("bounce_topic", Text),
    Column("complaint_topic", Text),
    Column("delivery_topic", Text),
    Column("bounce_headers", Boolean, nullable=False),
    Column("complaint_headers", Boolean, nullable=False),
    Column("delivery_headers", Boolean, nullable=False),
)

# By name: SES keeps policies of identities that are not there.
identity_policies = Table(
    "identity_policies",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("account_id", String(12), nullable=False),
    Column("region", Text, nullable=False),
    Column("identity", Text, nullable=False),
    Column("policy_name", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Unique("account_id", "region", "identity", "policy_name"),
)

# What was said of one account in one region; NULL: as the settings have it.
accounts = Table(
    "accounts",
    metadata,
    Column("account_id", String(12), primary_key=True),
    Column("region", Text, primary_key=True),
    Column("sending_enabled", Boolean, nullable=False),
    Column("suspended", Boolean, nullable=False),
    Column("sandbox", Boolean),
    Column("enforce_limits", Boolean),
    Column("max_24_hour_send", Float),
    Column("max_send_rate", Float),
    Column("api_rate_limit", Float),  # 0: none
    Column("verification", Text),
    Column("verification_delay", Float),
)

# Counts of each minute in which there was something to count.
send_statistics = Table(
    "send_statistics",
    metadata,
    Column("account_id", String(12), primary_key=True),
    Column("region", Text, primary_key=True),
    Column("minute_at", BigInteger, primary_key=True, autoincrement=False),
    Column("quota_used", Integer, nullable=False),  # recipients
    Column("delivery_attempts", Integer, nullable=False),
    Column("deliveries", Integer, nullable=False),
    Column("bounces", Integer, nullable=False),
    Column("complaints", Integer, nullable=False),
    Column("rejects", Integer, nullable=False),
)

# What is left of a rate. `name`: `send`, or the operation whose calls are limited.
token_buckets = Table(
    "token_buckets",
    metadata,
    Column("account_id", String(12), primary_key=True),
    Column("region", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("tokens", Float, nullable=False),
    Column("refilled_at", BigInteger, nullable=False),
)

templates = Table(
    "templates",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("account_id", String(12), nullable=False),
    Column("region", Text, nullable=False),
    Column("template_name", Text, nullable=False),
    Column("subject_part", Text, nullable=False),
    Column("text_part", Text),
    Column("html_part", Text),
    Column("created_at", BigInteger, nullable=False),
    Unique("account_id", "region", "template_name"),
)

custom_verification_templates = Table(
    "custom_verification_templates",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("account_id", String(12), nullable=False),
    Column("region", Text, nullable=False),
    Column("template_name", Text, nullable=False),
    Column("from_email_address", Text, nullable=False),
    Column("template_subject", Text, nullable=False),
    Column("template_content", Text, nullable=False),
    Column("success_redirection_url", Text, nullable=False),
    Column("failure_redirection_url", Text, nullable=False),
    Unique("account_id", "region", "template_name"),
)

configuration_sets = Table(
    "configuration_sets",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("account_id", String(12), nullable=False),
    Column("region", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("sending_enabled", Boolean, nullable=False),
    Column("reputation_metrics_enabled", Boolean, nullable=False),
    Column("last_fresh_start_at", BigInteger),
    Column("custom_redirect_domain", Text),
    Column("tls_policy", Text),
    Column("created_at", BigInteger, nullable=False),
    Unique("account_id", "region", "name"),
)


def _of_configuration_set(**options: Any) -> "Column[int]":
    return Column(
        "configuration_set_seq", Sequence, ForeignKey("configuration_sets.seq", ondelete="CASCADE"), **options
    )


event_destinations = Table(
    "event_destinations",
    metadata,
    Column("seq", Sequence, primary_key=True),
    _of_configuration_set(nullable=False),
    Column("name", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("matching_event_types", Text, nullable=False),  # ["send", ...]
    Column("destination", Text, nullable=False),  # {"SNSDestination": {...}}, or another block of the model
    Unique("configuration_set_seq", "name"),
    sqlite_autoincrement=True,  # a number that waiting work knows is not given again
)

# Counts of each minute for the reputation of a set, of recipients.
configuration_set_statistics = Table(
    "configuration_set_statistics",
    metadata,
    _of_configuration_set(primary_key=True, autoincrement=False),
    Column("minute_at", BigInteger, primary_key=True, autoincrement=False),
    Column("sends", Integer, nullable=False),
    Column("bounces", Integer, nullable=False),
    Column("complaints", Integer, nullable=False),
)

receipt_rule_sets = Table(
    "receipt_rule_sets",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("account_id", String(12), nullable=False),
    Column("region", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Unique("account_id", "region", "name"),
)

receipt_rules = Table(
    "receipt_rules",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column(
        "rule_set_seq",
        Sequence,
        ForeignKey("receipt_rule_sets.seq", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("position", Integer, nullable=False),  # rules of a set run in this order
    Column("name", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("tls_policy", Text, nullable=False),
    Column("scan_enabled", Boolean, nullable=False),
    Column("recipients", Text, nullable=False),  # ["example.com", ...]
    Column("actions", Text, nullable=False),  # [{"S3Action": {...}}, ...]
    Unique("rule_set_seq", "name"),
)

receipt_filters = Table(
    "receipt_filters",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("account_id", String(12), nullable=False),
    Column("region", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("cidr", Text, nullable=False),
    Unique("account_id", "region", "name"),
)

# Who is sent nothing, with the domain in lower case. The list that all accounts share has account and region ``.
suppressed_destinations = Table(
    "suppressed_destinations",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("account_id", String(12), nullable=False),
    Column("region", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("message_id", Text),  # whose bounce or complaint put it there
    Column("feedback_id", Text),
    Column("updated_at", BigInteger, nullable=False),
    Unique("account_id", "region", "address"),
)

# What a test says will become of every message to an address.
recipient_outcomes = Table(
    "recipient_outcomes",
    metadata,
    Column("account_id", String(12), primary_key=True),
    Column("region", Text, primary_key=True),
    Column("address", Text, primary_key=True),
    Column("outcome", Text, nullable=False),
    Column("detail", Text, nullable=False),  # a JSON object
)

# Failures that a test asks for. Account and region ``: those of everybody.
faults = Table(
    "faults",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("account_id", String(12), nullable=False),
    Column("region", Text, nullable=False),
    Column("preset", Text),
    Column("failures", Text, nullable=False),  # [{"operation": "SendEmail", "code": "Throttling"}, ...]
    Column("matching", Text, nullable=False),  # {"recipient": "*@example.net"}
    Column("times", Integer),
    Column("probability", Float),
    Column("seed", BigInteger, nullable=False),
    Column("draws", Integer, nullable=False),  # how often it could have hit
    Column("hits", Integer, nullable=False),
    Column("account_before", Text),  # what was said of the account before the preset, of which that changed something
    Column("created_at", BigInteger, nullable=False),
    sqlite_autoincrement=True,  # who removes a fault must not remove a later one that has its number
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
    Column("source_text", Text),  # as the caller gave it, with the name
    Column("source_arn", Text),  # the identity that lets the source send
    Column("source_ip", Text),
    Column("caller_identity", Text),
    Column("from_header", Text),
    Column("return_path", Text),  # empty: nobody is told of a bounce
    Column("mail_from_domain", Text),  # of the envelope, where the identity has one of its own
    Column("dkim_key_seq", BigInteger),  # that signs it beside SES's own
    Column("subject", Text),
    Column("headers", Text, nullable=False),  # {"to": [...], "cc": [...], "bcc": [...], "reply_to": [...]}
    Column("recipients", Text, nullable=False),  # [[address, kind, status], ...]
    Column("addressed", Text, nullable=False),  # every address and To, Cc or Bcc text, a line each, to search
    Column("tags", Text, nullable=False),  # [[name, value], ...]
    Column("configuration_set", Text),
    Column("tracking", Text),  # what of the delivered copy is tracked: {"opens": ..., "clicks": ..., "domain": ...}
    Column("template", Text),
    Column("template_data", Text),
    Column("size_bytes", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("read_at", BigInteger),  # somebody looked at it in the inbox
    Index(None, "account_id", "region", "direction", "seq", "read_at"),  # all that plain lists ask for
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

# How a message was received, and what its rules, as they were then, have done with it.
receipts = Table(
    "receipts",
    metadata,
    Column(
        "message_seq",
        Sequence,
        ForeignKey("messages.seq", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("facts", Text, nullable=False),  # of the SMTP session, and the verdicts: a JSON object
    Column(
        "plan", Text, nullable=False
    ),  # [{"rule_set": ..., "rule": ..., "recipients": [...], "actions": [...]}, ...]
    Column("added_headers", Text, nullable=False),  # [[name, value], ...] that actions put on top
    Column("rule", Integer, nullable=False),  # of the plan, which runs next
    Column("action", Integer, nullable=False),  # of that rule
)

# One call to another service that tells of an event, or of what SES sets up: an SNS message, a record, a metric, ...
publications = Table(
    "publications",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("account_id", String(12), nullable=False),
    Column("region", Text, nullable=False),
    Column("message_seq", BigInteger, ForeignKey("messages.seq", ondelete="CASCADE")),
    Column("event_seq", BigInteger, ForeignKey("events.seq", ondelete="CASCADE")),
    Column("channel", Text, nullable=False),  # who wants it told: an event destination, an identity, ...
    Column("name", Text, nullable=False),  # of that
    Column("service", Text, nullable=False),
    Column("target", Text, nullable=False),  # what of the service: an ARN, a namespace
    Column("via", Text),  # the URL it goes to; NULL: it stays here
    Column("detail", Text, nullable=False),  # what its content follows from beside the event: a JSON object
    Column("state", Text, nullable=False),  # pending, published, recorded (there is nowhere to go) or dead
    Column("attempts", Text, nullable=False),  # [{"at": ..., "error": ...}, ...]
    Column("created_at", BigInteger, nullable=False),
    Index(None, "message_seq"),
    Index(None, "event_seq"),
    sqlite_autoincrement=True,  # a number that waiting work knows is not given again
)

# The endpoints that the settings subscribe to SNS topics.
sns_subscriptions = Table(
    "sns_subscriptions",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("topic_arn", Text, nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("subscription_id", Text, nullable=False),
    Column("token", Text, nullable=False, unique=True),
    Column("requested_at", BigInteger),  # the endpoint took the request to confirm it
    Column("confirmed_at", BigInteger),
    Column("unsubscribed_at", BigInteger),
    Unique("topic_arn", "endpoint"),
)

# One row, made when the first envelope is signed.
sns_certificate = Table(
    "sns_certificate",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("private_key", Text, nullable=False),  # PEM, as the other
    Column("certificate", Text, nullable=False),
)

# Work of one lane is done one after another, and a failure holds the rest of its message back: what one receiver is
# told of a message comes in order. The lane is where the work goes; work that stays inside has none.
jobs = Table(
    "jobs",
    metadata,
    Column("seq", Sequence, primary_key=True),
    Column("account_id", String(12), nullable=False),
    Column("region", Text, nullable=False),
    Column("task", Text, nullable=False),
    Column("lane", Text),
    Column("message_seq", BigInteger),
    Column("payload", Text, nullable=False),
    Column("state", Text, nullable=False),  # pending or dead; a job that is done is gone
    Column("run_at", BigInteger, nullable=False),  # emulated time
    Column("leased_until", BigInteger),  # wall time: moving the clock must not end a lease
    Column("attempts", Integer, nullable=False),
    Column("error", Text),
    Column("created_at", BigInteger, nullable=False),
    Index(None, "state", "run_at"),
    Index(
        None,
        "lane",
        "state",
        "run_at",
        sqlite_where=text("lane IS NOT NULL"),
    ),
    sqlite_autoincrement=True,  # who saw a number must not take other work for it that has it by now
)
