"""The site's settings. Mail goes through SES; where AWS_ENDPOINT_URL_SES is set, through the emulator that is there."""

import os
from pathlib import Path

SECRET_KEY = os.environ.get("SECRET_KEY", "only for development")
DEBUG = os.environ.get("DEBUG", "") == "true"
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost 127.0.0.1 testserver").split()
ROOT_URLCONF = "signup.urls"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django_ses", "signup"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("DATABASE", Path(__file__).parents[1] / "members.db"),
    }
}
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
USE_TZ = True

EMAIL_BACKEND = "django_ses.SESBackend"
DEFAULT_FROM_EMAIL = os.environ.get("SENDER", "Members <hello@example.com>")
AWS_SES_REGION_NAME = os.environ.get("AWS_DEFAULT_REGION", "us-east-1")
AWS_SES_CONFIGURATION_SET = "signup"
# Who bounced for good, or complained, is on django-ses's own list, and gets no more mail.
AWS_SES_ADD_BOUNCE_TO_BLACKLIST = AWS_SES_ADD_COMPLAINT_TO_BLACKLIST = AWS_SES_USE_BLACKLIST = True
AWS_SES_AUTO_THROTTLE = None

# In development: the only two settings that know of the emulator.
SES_EMULATOR_URL = os.environ.get("AWS_ENDPOINT_URL_SES", "")
if SES_EMULATOR_URL:
    AWS_SES_REGION_ENDPOINT_URL = SES_EMULATOR_URL
