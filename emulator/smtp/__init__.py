"""The SMTP entrances: mail that applications send without AWS's API, and mail from the world for SES to receive."""
