"""Handlebars, as far as SES lets templates use it: text in, text out; it knows nothing of mail.

Written here, as no library for Python was strict and lenient where SES is, and bounded in what a template may cost.
"""
