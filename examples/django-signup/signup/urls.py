"""The site's addresses."""

from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from signup import events, views

urlpatterns = [
    path("signup", csrf_exempt(views.sign_up)),  # a form of a real site has a token
    path("confirm/<token>", views.confirm, name="confirm"),
    path("ses/events", csrf_exempt(events.Events.as_view())),
    path("health", views.health),
]
