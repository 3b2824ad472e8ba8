"""Clients of SES, as they are: each sends, reads, is refused, and signs what it sends."""
