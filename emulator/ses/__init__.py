"""What SES does: its rules, free of HTTP and of storage."""
