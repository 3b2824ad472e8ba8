"""SES v1, API version 2010-12-01: boto3's names and parameters in, boto3's dicts out.

Which module answers which operation. A module is imported at the first call that needs it: a start costs what is used.
"""

OPERATIONS = {
    "identities": (
        "verify_email_identity",
        "verify_email_address",
        "verify_domain_identity",
        "delete_identity",
        "delete_verified_email_address",
        "list_identities",
        "list_verified_email_addresses",
        "get_identity_verification_attributes",
    ),
    "sending": ("send_email", "send_raw_email"),
}
