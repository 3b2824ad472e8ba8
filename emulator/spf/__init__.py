"""Sender Policy Framework (RFC 7208): whether a domain lets a host send its mail. It knows nothing of SES."""
