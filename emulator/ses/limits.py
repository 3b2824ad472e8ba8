"""Every number that SES documents or was seen to enforce."""

from datetime import timedelta

# Verification. Source: developer guide (documented).
EMAIL_VERIFICATION_WINDOW = timedelta(hours=24)
DOMAIN_VERIFICATION_WINDOW = timedelta(hours=72)
IDENTITIES = 10_000
IDENTITIES_PER_CALL = 100
# ListIdentities. Source: recorded.
IDENTITIES_PER_PAGE = 1_000

# Domains. Source: developer guide (documented).
DOMAIN_LENGTH = 255
DOMAIN_LABEL_LENGTH = 63

# Messages. Source: recorded answers.
RECIPIENTS = 50
MESSAGE_BYTES = 10 * 1024 * 1024
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

# A request's body: ours, twice what a message of the largest size needs when it comes in base64.
REQUEST_BODY_BYTES = 20 * 1024 * 1024
