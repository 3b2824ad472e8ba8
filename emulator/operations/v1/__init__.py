"""SES v1, API version 2010-12-01: boto3's names and parameters in, boto3's dicts out.

Which module answers which operation. A module is imported at the first call that needs it: a start costs what is used.
"""

OPERATIONS = {
    "bounces": ("send_bounce",),
    "configuration_sets": (
        "create_configuration_set",
        "delete_configuration_set",
        "describe_configuration_set",
        "list_configuration_sets",
        "update_configuration_set_sending_enabled",
        "update_configuration_set_reputation_metrics_enabled",
        "put_configuration_set_delivery_options",
        "create_configuration_set_tracking_options",
        "update_configuration_set_tracking_options",
        "delete_configuration_set_tracking_options",
    ),
    "event_destinations": (
        "create_configuration_set_event_destination",
        "update_configuration_set_event_destination",
        "delete_configuration_set_event_destination",
    ),
    "custom_verification_templates": (
        "create_custom_verification_email_template",
        "update_custom_verification_email_template",
        "delete_custom_verification_email_template",
        "get_custom_verification_email_template",
        "list_custom_verification_email_templates",
        "send_custom_verification_email",
    ),
    "dkim": (
        "verify_domain_dkim",
        "set_identity_dkim_enabled",
        "get_identity_dkim_attributes",
    ),
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
    "identity_policies": (
        "put_identity_policy",
        "get_identity_policies",
        "list_identity_policies",
        "delete_identity_policy",
    ),
    "mail_from": (
        "set_identity_mail_from_domain",
        "get_identity_mail_from_domain_attributes",
    ),
    "notifications": (
        "set_identity_notification_topic",
        "set_identity_feedback_forwarding_enabled",
        "set_identity_headers_in_notifications_enabled",
        "get_identity_notification_attributes",
    ),
    "receipt_filters": (
        "create_receipt_filter",
        "list_receipt_filters",
        "delete_receipt_filter",
    ),
    "receipt_rule_sets": (
        "create_receipt_rule_set",
        "clone_receipt_rule_set",
        "delete_receipt_rule_set",
        "describe_receipt_rule_set",
        "describe_active_receipt_rule_set",
        "list_receipt_rule_sets",
        "set_active_receipt_rule_set",
        "reorder_receipt_rule_set",
    ),
    "receipt_rules": (
        "create_receipt_rule",
        "update_receipt_rule",
        "delete_receipt_rule",
        "describe_receipt_rule",
        "set_receipt_rule_position",
    ),
    "templates": (
        "create_template",
        "update_template",
        "delete_template",
        "get_template",
        "list_templates",
        "test_render_template",
    ),
    "sending": ("send_email", "send_raw_email", "send_templated_email", "send_bulk_templated_email"),
    "account": (
        "get_send_quota",
        "get_send_statistics",
        "get_account_sending_enabled",
        "update_account_sending_enabled",
    ),
}
