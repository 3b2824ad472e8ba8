"""SES v1, API version 2010-12-01: boto3's names and parameters in, boto3's dicts out."""

from emulator.operations.v1 import identities, sending

MODULES = (identities, sending)
