"""Mailboxes, read with the grammar and refused with the words of the mail library that SES runs.

Source: the commoner texts ("Missing final '@domain'", "Missing domain", "Illegal address" …), recorded; the
remaining texts and the order in which faults are found, JavaMail.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

MAX_ADDRESS_BYTES: Final = 320
MAX_IDENTITY_CHARACTERS: Final = 320

_SPECIALS: Final = frozenset('()<>,;:\\"[]@')
_TRIMMED: Final = "".join(map(chr, range(0x21)))  # Java's trim(): everything up to the blank
_DOMAIN_CHARACTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.")

_ORDINARY: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
)
_IDENTITY: Final = re.compile(r'(?:[^@"\s\x00-\x1f\x7f-\x9f]|"(?:[^"\\]|\\.)*")+@[^@"]+', re.DOTALL)
_QUOTED: Final = r'"(?:[^"\\]|\\.)*"'
_INSIDE_ANGLES: Final = re.compile(rf'(?:[^\\">]|\\.|{_QUOTED})*', re.DOTALL)
_LITERAL: Final = {'"': re.compile(_QUOTED, re.DOTALL), "[": re.compile(r"\[(?:[^\]\\]|\\.)*\]", re.DOTALL)}
_NOT_IN_IDENTITY: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f]")


class AddressFault(ValueError):
    """An address that SES refuses; ``str()`` is SES's message, without a final period."""


class Mailbox(NamedTuple):
    """One mailbox: ``text`` as the caller gave it, ``address`` without name, comment, brackets and route."""

    text: str
    display_name: str | None
    address: str

    @property
    def local(self) -> str:
        """The part before the @ that ends the local part, as given."""
        return self.address[: self._at()]

    @property
    def domain(self) -> str:
        """The part after that @, as given."""
        return self.address[self._at() + 1 :]

    @property
    def domain_key(self) -> str:
        """The domain in lower case, to compare with."""
        return self.domain.lower()

    def _at(self) -> int:
        # A domain literal may hold an @; it holds no second opening bracket.
        return self.address.rfind("[") - 1 if self.address.endswith("]") else self.address.rfind("@")


@lru_cache(maxsize=4096)
def parse(text: str) -> Mailbox:
    """The one mailbox in ``text``; AddressFault when there is none, several, or a faulty one.

    Source: 320 bytes and the text for it, recorded.
    Unverified: the length is looked at before the syntax.
    """
    _refuse_overlong(text)
    if _ORDINARY.fullmatch(text):
        return Mailbox(text, None, text)
    pieces = list(_pieces(text))
    if len(pieces) != 1 or pieces[0].group:
        raise AddressFault("Illegal address")
    return _mailbox(text, pieces[0])


def bare(text: str) -> Mailbox:
    """The mailbox of an address that is known to be one, without a name or anything else around it."""
    return Mailbox(text, None, text)


@lru_cache(maxsize=4096)
def key(address: str) -> str:
    """The bare address to compare with: its domain in lower case, the rest as it is."""
    mailbox = bare(address)
    return f"{mailbox.local}@{mailbox.domain_key}"


def parse_list(text: str) -> list[Mailbox]:
    """The mailboxes of a To, Cc or Bcc header's value, in order; empty pieces between commas are passed over.

    Unverified: a group (``name: a@x, b@x;``), even an empty one, is refused as "Illegal address".
    """
    pieces = list(_pieces(text))
    mailboxes = []
    for piece in pieces:
        if piece.group:
            raise AddressFault("Illegal address")
        _refuse_overlong(piece.text)
        mailboxes.append(_mailbox(piece.text, piece))
    return mailboxes


def is_identity_address(text: str) -> bool:
    """Whether ``text`` may become an e-mail address identity: a looser rule than the one for sending.

    One @ outside quotes with something on both sides, no white space, no control characters, at most 320
    characters; the domain needs no dot.

    Unverified: the whole rule.
    """
    if len(text) > MAX_IDENTITY_CHARACTERS or _NOT_IN_IDENTITY.search(text):
        return False
    return _IDENTITY.fullmatch(text) is not None


def _refuse_overlong(text: str) -> None:
    if len(text.encode("utf-8", "surrogatepass")) > MAX_ADDRESS_BYTES:
        raise AddressFault(f"Address length is more than 320 bytes long: '{text}'.")


class _Piece(NamedTuple):
    """One address of a list before its full check; ``routed`` when it stood between angle brackets."""

    text: str
    name: str | None
    address: str
    routed: bool
    group: bool


def _mailbox(text: str, piece: _Piece) -> Mailbox:
    return Mailbox(text, piece.name, piece.address[_check(piece.address, routed=piece.routed) :])


@dataclass(slots=True)
class _Scan:
    """Where the address being read begins and ends; -1 while unknown."""

    piece: int = 0
    start: int = -1
    end: int = -1
    name_start: int = -1
    name_end: int = -1
    routed: bool = False
    in_group: bool = False


def _pieces(text: str) -> Iterator[_Piece]:
    """The addresses of a comma-separated list, each checked leniently: here a domain is not yet required.

    Source: the tokens and the fault for each broken one, JavaMail.
    """
    scan, index = _Scan(), 0
    while index < len(text):
        character = text[index]
        if character == "," and scan.in_group:
            scan.routed = False
        elif character in ",;":
            if scan.start >= 0:
                yield _ended(text, scan, index)
            scan = _Scan(piece=index + 1)
        elif character == "<":
            index = _angle_addr(text, scan, index)
        elif character == "(":
            index = _comment(text, scan, index)
        elif character in ")>":
            raise AddressFault("Missing '('" if character == ")" else "Missing '<'")
        elif character not in " \t\r\n":
            index = _token(text, scan, index)
        index += 1
    if scan.start >= 0:
        yield _piece(text, scan, index, group=False)


def _ended(text: str, scan: _Scan, index: int) -> _Piece:
    """The address that the comma, or the group that the semicolon, at ``index`` ends."""
    if text[index] == ",":
        return _piece(text, scan, index, group=False)
    if not scan.in_group:
        raise AddressFault("Illegal semicolon, not in group")
    scan.end = index + 1
    return _piece(text, scan, index + 1, group=True)


def _piece(text: str, scan: _Scan, index: int, *, group: bool) -> _Piece:
    address = text[scan.start : index if scan.end == -1 else scan.end].strip(_TRIMMED)
    name = _unquoted(text[scan.name_start : scan.name_end].strip(_TRIMMED)) if scan.name_start >= 0 else ""
    if not group:
        _check(address, routed=scan.routed, lenient=True)
    shown = text[scan.piece : index].strip(_TRIMMED)
    return _Piece(shown, name if name.strip(_TRIMMED) else None, address, scan.routed, group)


def _unquoted(name: str) -> str:
    if len(name) > 1 and name[0] == name[-1] == '"':
        return re.sub(r"\\(.)", r"\1", name[1:-1], flags=re.DOTALL)
    return name


def _angle_addr(text: str, scan: _Scan, index: int) -> int:
    """The index of the ``>`` that closes the ``<`` at ``index``; what stood before it is the display name."""
    if scan.routed:
        raise AddressFault("Extra route-addr")
    if not scan.in_group:
        scan.name_start, scan.name_end, scan.start = scan.start, index, index + 1
    inside = _INSIDE_ANGLES.match(text, index + 1)
    scan.end = inside.end() if inside else len(text)
    if text[scan.end : scan.end + 1] != ">":
        raise AddressFault("Missing '\"'" if text.startswith('"', scan.end) else "Missing '>'")
    scan.routed = True
    return scan.end


def _comment(text: str, scan: _Scan, index: int) -> int:
    """The index of the parenthesis that closes the comment; the comment names a mailbox without a name."""
    if scan.start >= 0 and scan.end == -1:
        scan.end = index
    opening, depth = index, 1
    while depth:
        index += 1
        if index >= len(text):
            raise AddressFault("Missing ')'")
        if text[index] == "\\":
            index += 1
        else:
            depth += (text[index] == "(") - (text[index] == ")")
    if scan.name_start == -1:
        scan.name_start, scan.name_end = opening + 1, index
    return index


def _token(text: str, scan: _Scan, index: int) -> int:
    """The last index of the quoted string, domain literal, group colon or plain character at ``index``."""
    if scan.start == -1:
        scan.start = index
    character = text[index]
    if character == ":":
        if scan.in_group:
            raise AddressFault("Nested group")
        scan.in_group = True
    if character not in _LITERAL:
        return index
    token = _LITERAL[character].match(text, index)
    if token is None:
        raise AddressFault("Missing '\"'" if character == '"' else "Missing ']'")
    return token.end() - 1


def _check(address: str, *, routed: bool, lenient: bool = False) -> int:
    """Where the address begins after its source route; AddressFault for the first fault from the left."""
    if not address:
        raise AddressFault("Empty address")
    start = _after_route(address) if routed and address[0] == "@" else 0
    at = _after_local(address, start, lenient=lenient)
    if at >= 0:
        _check_domain(address[at + 1 :])
    elif not lenient:
        raise AddressFault("Missing final '@domain'")
    return start


def _after_route(address: str) -> int:
    """The index behind a source route ``@a,@b:``."""
    start = 0
    for ends in re.finditer("[,:]", address):
        if address[start] != "@":
            raise AddressFault("Illegal route-addr")
        start = ends.end()
        if ends[0] == ":":
            break
    return start


def _after_local(address: str, start: int, *, lenient: bool) -> int:
    """The index of the @ that ends the local part, -1 when there is none.

    Unverified: a backslash does not excuse a line end, which would otherwise reach a header.
    """
    previous, quoted = "", False
    for index in range(start, len(address)):
        character, following = address[index], address[index + 1 : index + 2]
        if "\\" in (character, previous) and character not in "\r\n":
            previous = character
            continue
        if character == '"':
            if quoted and following not in ("@", "") and not lenient:
                raise AddressFault("Quote not at end of local address")
            if not quoted and index != start and not lenient:
                raise AddressFault("Quote not at start of local address")
            quoted = not quoted
        elif quoted:
            _check_line_end(character, following)
        elif character == "@":
            if previous in ("", "."):
                raise AddressFault("Local address ends with dot" if previous else "Missing local name")
            return index
        else:
            _check_local_character(character, previous)
        previous = character
    if quoted:
        raise AddressFault("Unterminated quote")
    return -1


def _check_line_end(character: str, following: str) -> None:
    if character == "\r" and following not in ("\n", ""):
        raise AddressFault("Quoted local address contains CR without LF")
    if character == "\n" and following not in (" ", "\t", ""):
        raise AddressFault("Quoted local address contains newline without whitespace")


def _check_local_character(character: str, previous: str) -> None:
    if character == ".":
        if not previous:
            raise AddressFault("Local address starts with dot")
        if previous == ".":
            raise AddressFault("Local address contains dot-dot")
    elif character <= " " or character == "\x7f":
        raise AddressFault("Local address contains control or whitespace")
    elif character in _SPECIALS:
        raise AddressFault("Local address contains illegal character")


def _check_domain(domain: str) -> None:
    """The domain can stand in an envelope.

    Source: non-ASCII characters refused although JavaMail takes letters of any script, recorded.
    Unverified: they and control characters are refused in a domain literal too, and its brackets must pair.
    """
    if not domain:
        raise AddressFault("Missing domain")
    if domain[0] == ".":
        raise AddressFault("Domain starts with dot")
    literal, previous = domain[0] == "[", ""
    for index, character in enumerate(domain):
        if character == "[" and index:
            raise AddressFault("Domain literal not at start of domain")
        if character == "]" and index != len(domain) - 1:
            raise AddressFault("Domain literal end not at end of domain")
        if character <= " " or character == "\x7f":
            raise AddressFault("Domain contains control or whitespace")
        if character > "\x7f" or not (literal or character in _DOMAIN_CHARACTERS):
            raise AddressFault("Domain contains illegal character")
        if character == previous == "." and not literal:
            raise AddressFault("Domain contains dot-dot")
        previous = character
    if literal and previous != "]":
        raise AddressFault("Missing ']'")
    if previous == ".":
        raise AddressFault("Domain ends with dot")
