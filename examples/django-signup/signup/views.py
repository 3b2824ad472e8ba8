"""What visitors meet."""

import logging

from botocore.exceptions import ClientError
from django.contrib.auth.models import User
from django.core import signing
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_ses.models import BlacklistedEmail

CONFIRMED_WITHIN = 24 * 3600  # seconds
SALT = "confirm"
TEXT = """Hello!

Please confirm that you want to be a member: {link}

If it was not you, do nothing.
"""
log = logging.getLogger(__name__)


@require_POST
def sign_up(request: HttpRequest) -> HttpResponse:
    """A mail with a link is on its way to the address."""
    address = request.POST["email"].strip().lower()
    if BlacklistedEmail.objects.filter(email=address).exists():
        return HttpResponse("We cannot reach that address.\n", status=422)
    link = request.build_absolute_uri(reverse("confirm", args=[signing.dumps(address, salt=SALT)]))
    html = render_to_string("confirm.html", {"link": link})
    try:
        send_mail("Confirm your address", TEXT.format(link=link), None, [address], html_message=html)
    except ClientError as refusal:
        log.warning("no mail to %s: %s", address, refusal)
        return HttpResponse("We cannot send mail just now.\n", status=503)
    return HttpResponse("Look into your mailbox.\n", status=202)


def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Who followed the link is a member."""
    try:
        address = signing.loads(token, salt=SALT, max_age=CONFIRMED_WITHIN)
    except signing.BadSignature:  # an expired one, too
        return HttpResponse("That link is no good any more.\n", status=410)
    User.objects.get_or_create(username=address, email=address)
    return HttpResponse("Welcome!\n")


def health(request: HttpRequest) -> HttpResponse:
    """The site answers."""
    return HttpResponse("ok\n")
