"""What tests ask of the emulator, and tell it; with pytest the fixtures of `emulator.pytest_plugin` bring it."""

from emulator.testing.case import SesTestCase
from emulator.testing.environment import environment
from emulator.testing.mailbox import Mailbox, Smtp
from emulator.testing.message import Message, Recipient

__all__ = ["Mailbox", "Message", "Recipient", "SesTestCase", "Smtp", "environment"]
