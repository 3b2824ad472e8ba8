"""HTTPS in front of a server that speaks HTTP only, with a certificate that nobody vouches for but a file."""

import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support import aws


@dataclass
class Front:
    """Where HTTPS is spoken, the file that makes a client trust it, and the URL of the server behind."""

    url: str
    authority: Path
    behind: str = ""


@contextmanager
def serving(host: str, behind: str = "") -> Iterator[Front]:
    """HTTPS for the host, at a port of 127.0.0.1; it is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = Path(folder) / "certificate.pem", Path(folder) / "key.pem"
        for file, content in zip((certificate, key), _certificate(host), strict=True):
            file.write_bytes(content)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        front = Front("", certificate, behind)
        server = _Server(("127.0.0.1", 0), _handler(front))
        front.url = f"https://{host}:{server.server_address[1]}"
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield front
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that does not trust us hangs up."""


def _handler(front: Front) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """A request is passed on, and its answer back."""
            self.do_POST()

        def do_POST(self) -> None:
            """The same."""
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            answer = aws.request(front.behind, self.command, self.path, body, dict(self.headers))
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers["content-type"])
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    return Handler


def _certificate(host: str) -> tuple[bytes, bytes]:
    """A certificate for the host that is its own authority, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    numeric = host.replace(".", "").isdecimal()
    now = datetime.now(UTC)  # noqa: TID251 - whoever checks it knows no other time
    used = ("digital_signature", "key_cert_sign")
    unused = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign")
    neither = ("encipher_only", "decipher_only")
    usage = x509.KeyUsage(**dict.fromkeys(used, True), **dict.fromkeys((*unused, *neither), False))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(host)) if numeric else x509.DNSName(host)]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .add_extension(usage, True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), private
