"""Every number that SES documents or was seen to enforce."""

from datetime import timedelta

# Verification. Source: developer guide (documented).
EMAIL_VERIFICATION_WINDOW = timedelta(hours=24)
DOMAIN_VERIFICATION_WINDOW = timedelta(hours=72)
IDENTITIES = 10_000
IDENTITIES_PER_CALL = 100
# ListIdentities. Source: recorded.
IDENTITIES_PER_PAGE = 1_000

# Custom verification e-mail templates; as many fit on a page of their list.
CUSTOM_VERIFICATION_TEMPLATES = 50
# Ours: no database keeps a name without an end.
CUSTOM_VERIFICATION_TEMPLATE_NAME_LENGTH = 255

# E-mail templates. Source: developer guide and API reference (documented).
TEMPLATES = 20_000
TEMPLATE_BYTES = 500 * 1024
TEMPLATES_PER_PAGE, TEMPLATES_PER_LONGEST_PAGE = 10, 100
# Ours: how deep template data may be nested.
TEMPLATE_DATA_DEPTH = 250
# Ours: how many characters a template may make of a subject; in a header, each takes ten times as long as in a text.
RENDERED_SUBJECT_LENGTH = 100_000
# Unverified: as many characters as other names of SES may have.
TEMPLATE_NAME_LENGTH = 64

# Policies of identities. Source: recorded number; API reference (documented) sizes.
POLICIES_PER_IDENTITY = 20
POLICIES_PER_CALL = 20
POLICY_BYTES = 4096

# Configuration sets. Source: developer guide and API reference (documented).
CONFIGURATION_SETS = 10_000
CONFIGURATION_SETS_PER_PAGE = 1_000
CONFIGURATION_SET_NAME_LENGTH = 64
EVENT_DESTINATIONS_PER_SET = 10
EVENT_DESTINATION_NAME_LENGTH = 64
DIMENSIONS_PER_DESTINATION = 10
DIMENSION_LENGTH = 256  # of its name, and of its default value

# Domains. Source: developer guide (documented).
DOMAIN_LENGTH = 255
DOMAIN_LABEL_LENGTH = 63

# Messages. Source: recorded answers.
RECIPIENTS = 50
# Of a bulk send. Source: developer guide (documented).
DESTINATIONS = 50
MESSAGE_BYTES = 10 * 1024 * 1024
# Over SMTP. Source: developer guide (documented).
SMTP_MESSAGE_BYTES = 40 * 1024 * 1024
# Tags. Source: recorded; the documents say 256.
TAG_LENGTH = 255
# Source: developer guide (documented): two names are meant for Feedback-ID.
FEEDBACK_ID_TAGS = frozenset({"ses:feedback-id-a", "ses:feedback-id-b"})
# Unverified: how many identities the message about unverified ones names before it ends in `...`.
IDENTITIES_IN_REJECTION = 10

# Sending, by whether the account is in the sandbox. Source: recorded answers of GetSendQuota; the larger ones are
# what an account is usually given first.
SENDS_IN_24_HOURS = {True: 200.0, False: 50_000.0}
SEND_RATE = {True: 1.0, False: 14.0}
# Source: developer guide and API reference (documented).
QUOTA_WINDOW = timedelta(hours=24)
STATISTICS_WINDOW = timedelta(days=14)
STATISTICS_PERIOD = timedelta(minutes=15)
# Ours: by how much a call can be overtaken, while it waits to count, by one that began later in another process. What
# was counted further ahead is of a clock that was set back since.
OVERTAKING = timedelta(seconds=5)

# How long SES tries to deliver a message. Source: recorded bounces of mail that expired.
DELIVERY_WINDOW = timedelta(minutes=840)
# Unverified: how long it waits between two tries.
DELIVERY_RETRY = timedelta(hours=1)
# Source: developer guide (documented), as the longest time.
SHARED_SUPPRESSION = timedelta(days=14)

# How long openings and clicks count from the sending on. Source: developer guide (documented).
TRACKING_WINDOW = timedelta(days=60)

# Receipt rules. Source: recorded numbers; the developer guide (documented) for sets and header fields.
RULE_SETS = 40
RULE_SETS_PER_PAGE = 100
RULES_PER_SET = 200
ACTIONS_PER_RULE = 10
RECEIPT_FILTERS = 100
RECEIPT_NAME_LENGTH = 64
HEADER_NAME_LENGTH = 50
HEADER_VALUE_LENGTH = 2048
# Received mail. Source: developer guide (documented): how long actions are retried, and what topics take; AWS's model
# of SendBounce, and of the action that is for Connect.
ACTION_RETRY_WINDOW = timedelta(hours=4)
MAIL_IN_NOTIFICATION_BYTES = 150 * 1024
ATTACHMENTS_FOR_CONNECT = 10
BOUNCE_WINDOW = timedelta(hours=24)

# A request's body: ours, twice what a message of the largest size needs when it comes in base64.
REQUEST_BODY_BYTES = 20 * 1024 * 1024
