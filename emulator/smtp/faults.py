"""Failures of SMTP that a test asks for, at the stage of a session that they are for."""

import asyncio
import logging
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

from emulator.context import Contexts
from emulator.ses import faults
from emulator.ses.faults import Hit, Place, Subjects
from emulator.smtp import replies
from emulator.store.engine import DatabaseUnavailable
from emulator.store.faults import Failure

log = logging.getLogger("emulator.smtp")

_NOBODY = ("000000000000", "us-east-1")  # whose context it is, whoever the client is


class Faults:
    """What the sessions of one port ask before they answer."""

    def __init__(self, contexts: Contexts, listener: str) -> None:
        self.clock = contexts.outside.clock
        self._contexts = contexts
        self._listener = listener
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="smtp-faults")

    async def hit(self, stage: str, places: Collection[Place], subjects: Subjects) -> Failure | None:
        """What hits a session of these accounts at the stage, which is counted."""
        if not self._are_there():
            return None
        known = {**subjects, "listener": (self._listener,)}
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._thread, self._decide, f"{faults.STAGE}{stage}", places, known)
        if found is None:
            return None
        log.info("SMTP %s is hit by fault %s", stage, found.fault_id)
        return found.failure

    def _are_there(self) -> bool:
        """Asked on the loop: it takes less time than to ask in a thread."""
        try:
            return faults.are_there(self._contexts)
        except DatabaseUnavailable:
            return False  # whoever needs it for more will say so

    def _decide(self, operation: str, places: Collection[Place], known: Subjects) -> Hit | None:
        try:
            with self._contexts.open(*_NOBODY, write=False) as ctx:
                suspects = [each for each in faults.suspects(ctx, operation, places) if faults.fits(each, known)]
            return faults.decide(self._contexts, _NOBODY, suspects) if suspects else None
        except DatabaseUnavailable as error:
            log.warning("the database did not answer: %s", error)
            return None


def reply(failure: Failure, status: int) -> str:
    """The reply with that code, which the fault wants."""
    if failure.message is not None:
        return f"{status} {failure.message}"
    return replies.USUAL.get(status) or replies.OTHER[status // 100].format(status=status)
