"""The error codes that AWS documents for every service and the models do not hold.

Source: the API reference's page of common errors (documented); statuses and texts as recorded where noted.
"""

# HTTP status by code.
STATUS = {
    "AccessDenied": 403,  # recorded
    "IncompleteSignature": 400,  # recorded
    "InternalFailure": 500,
    "InvalidAction": 400,  # recorded
    "InvalidClientTokenId": 403,  # recorded
    "InvalidParameterCombination": 400,
    "InvalidParameterValue": 400,  # recorded
    "InvalidQueryParameter": 400,
    "MalformedInput": 400,  # recorded
    "MalformedQueryString": 404,
    "MissingAction": 400,
    "MissingAuthenticationToken": 403,  # recorded
    "MissingParameter": 400,
    "NotImplemented": 501,  # ours: AWS has no operation that it does not implement
    "OptInRequired": 403,
    "RequestExpired": 400,
    "ServiceUnavailable": 503,
    "SignatureDoesNotMatch": 403,  # recorded
    "Throttling": 400,  # recorded; not 429
    "ValidationError": 400,  # recorded
}


class Fault(Exception):
    """A request that is refused before any rule of SES is asked; None as message leaves the element out."""

    def __init__(self, code: str, message: str | None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = STATUS[code]
