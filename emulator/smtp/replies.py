"""Every reply of SES's SMTP interface that is SES's own, once; what else there is to say, the library says.

Source: conversations with SES, recorded, where no other source is named.
"""

import re

from emulator.ses.errors import SesError

OK = "250 Ok"
READY_FOR_TLS = "220 Ready to start TLS"
AUTHENTICATED = "235 Authentication successful."
DATA = "354 End data with <CR><LF>.<CR><LF>"

STARTTLS_FIRST = "530 Must issue a STARTTLS command first"
AUTHENTICATION_REQUIRED = "530 Authentication required"
CREDENTIALS_INVALID = "535 Authentication Credentials Invalid"
INVALID_MAIL_FROM = "501 Invalid MAIL FROM address provided"
TIMEOUT = "451 4.4.2 Timeout waiting for data from client."
# Source: developer guide (documented).
UNKNOWN_RECIPIENT = "553 <{address}> address unknown"
TOO_LONG = "552 Message is too long."
TOO_MANY_CONNECTIONS = "421 Too many concurrent SMTP connections"
UNAVAILABLE = "451 Temporary service failure"
# Unverified: what SES says to the rest: commands that it does not know, that come too early, or whose parameters it
# does not have; and when it stops.
RECIPIENT_FIRST = "503 Error: need RCPT command"
SENDER_FIRST = "503 Error: need MAIL command"
NESTED_MAIL = "503 Error: nested MAIL command"
LINE_TOO_LONG = "500 Command line too long"
UNKNOWN_PARAMETER = "555 {command} parameters not recognized or not implemented"
GOING = "421 Service not available, closing transmission channel"

# To who sends mail for SES to receive.
MAILBOX_UNAVAILABLE = "550 5.1.1 Requested action not taken: mailbox unavailable"
ADDRESS_BLOCKED = "550 5.7.1 IP address blacklisted by recipient"
# Unverified: these.
RECEIVED = "250 OK"
OVER_LIMIT = "552 5.3.4 Message size exceeds fixed limit"
TOO_MANY_HOPS = "554 5.4.6 Too many hops"
TOO_MANY_RECIPIENTS = "452 4.5.3 Too many recipients"
NOT_IMPLEMENTED = "502 Error: command not implemented"

# What stands before the text of a refusal, by its code in the API.
_REFUSALS = {
    "AccessDenied": "554 Access denied: ",
    "MessageRejected": "554 Message rejected: ",
    "MailFromDomainNotVerifiedException": "554 MAIL FROM domain not verified: ",
    "Throttling": "454 Throttling failure: ",
}
# Source: what the API calls InvalidParameterValue, recorded. Unverified: all others.
_OTHER_REFUSAL = "554 Transaction failed: "

# What faults say, by the code that they are to have.
THROTTLED = "454 Throttling failure: Maximum sending rate exceeded."  # Source: documented
_ALL = (GOING, UNAVAILABLE, THROTTLED, CREDENTIALS_INVALID, AUTHENTICATION_REQUIRED, MAILBOX_UNAVAILABLE, TOO_LONG)
USUAL = {int(each[:3]): each for each in _ALL}
OTHER = {4: "{status} Temporary service failure", 5: "{status} Transaction failed"}

_UNPRINTABLE = re.compile("[^ -~]+")
_LONGEST_TEXT = 4_000  # ours: a client reads no line without an end


def refusal(error: SesError) -> str:
    """The reply to a message that SES refuses: on one line, in ASCII."""
    text = _UNPRINTABLE.sub("?", error.message)[:_LONGEST_TEXT]
    return f"{_REFUSALS.get(error.v1, _OTHER_REFUSAL)}{text}"
