"""Work that SES does later: the third entrance, beside HTTP and SMTP."""
