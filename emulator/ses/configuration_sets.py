"""Configuration sets. None can be created yet, so none exists."""

from emulator.context import Context
from emulator.ses import errors


def require(_ctx: Context, name: str | None) -> None:
    """Nothing where no set is named; a named one does not exist."""
    if name:
        raise errors.ConfigurationSetDoesNotExist(ConfigurationSetName=name)
