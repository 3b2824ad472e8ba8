"""The SMTP entrance: mail that applications send without AWS's API."""
