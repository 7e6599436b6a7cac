"""Certificates, for what listens and for who connects. Knows files, and says what is wrong with them; refuses to know
what goes over a connection.
"""

import ssl
from pathlib import Path
from typing import Final

from hub.errors import HubError

_LEAST: Final = ssl.TLSVersion.TLSv1_2


def server_context(certificate: Path, key: Path, where: str) -> ssl.SSLContext:
    """TLS 1.2 and later, for a listener. `where`: its section of the configuration, for the words of the HubError that
    is raised when a file is not there, or is not what it should be."""
    _look(certificate, f"{where}.tls_cert", "CERTIFICATE")
    text = _look(key, f"{where}.tls_key", "PRIVATE KEY")
    if "ENCRYPTED" in text:
        raise HubError(
            f"{where}.tls_key: {key}: expected a key without a passphrase: nobody is there to type it"
        )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = _LEAST
    try:
        context.load_cert_chain(certificate, key)
    except ssl.SSLError as problem:
        if problem.reason == "KEY_VALUES_MISMATCH":
            raise HubError(f"{where}.tls_key: {key}: does not fit the certificate in {certificate}") from None
        raise HubError(
            f"{where}.tls_cert, tls_key: {certificate}, {key}: cannot be used: {problem.reason or 'damaged'}"
        ) from None
    return context


def client_context(authority: Path | None) -> ssl.SSLContext:
    """For who connects, and trusts the certificates of this file alone; None: those that this machine trusts. Raises
    HubError."""
    if authority is None:
        context = ssl.create_default_context()
    else:
        _look(authority, "--tls-ca", "CERTIFICATE")
        try:
            context = ssl.create_default_context(cafile=str(authority))
        except ssl.SSLError:
            raise HubError(f"--tls-ca: {authority}: the certificate in it is damaged") from None
    context.minimum_version = _LEAST
    return context


def own_context() -> ssl.SSLContext:
    """For who connects to a listener of this very process, whose certificate is for another name."""
    context = client_context(None)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _look(path: Path, key: str, kind: str) -> str:
    """The text of a PEM file."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as problem:
        raise HubError(f"{key}: {path}: {problem.strerror or problem}") from None
    if f"{kind}-----" not in text:
        raise HubError(f"{key}: {path}: expected a file in PEM format with a {kind.lower()}")
    return text
