"""Certificates in files: those that are good, and what is said of those that are not."""

import ssl
from pathlib import Path

import pytest

from hub.errors import HubError
from hub.tls import client_context, own_context, server_context
from tests import certificates

WHERE = "listeners[1]"


def said(certificate: Path, key: Path) -> str:
    with pytest.raises(HubError) as problem:
        server_context(certificate, key, WHERE)
    return str(problem.value)


def test_a_certificate_and_its_key(tmp_path: Path) -> None:
    made = certificates.make(tmp_path)
    context = server_context(made.certificate, made.key, WHERE)
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    trusting = client_context(made.certificate)
    assert trusting.check_hostname and trusting.verify_mode is ssl.CERT_REQUIRED
    assert [each["subject"] for each in trusting.get_ca_certs()] == [((("commonName", "hub"),),)]
    assert client_context(None).verify_mode is ssl.CERT_REQUIRED
    assert own_context().verify_mode is ssl.CERT_NONE


def test_files_that_are_not_there(tmp_path: Path) -> None:
    made = certificates.make(tmp_path)
    none = tmp_path / "none.pem"
    assert said(none, made.key) == f"listeners[1].tls_cert: {none}: No such file or directory"
    assert said(made.certificate, none) == f"listeners[1].tls_key: {none}: No such file or directory"
    assert said(made.certificate, tmp_path) == f"listeners[1].tls_key: {tmp_path}: Is a directory"
    with pytest.raises(HubError, match=f"^--tls-ca: {none}: No such file"):
        client_context(none)


def test_files_that_are_something_else(tmp_path: Path) -> None:
    made, other = certificates.make(tmp_path), certificates.make(tmp_path, "other")
    assert said(made.key, made.key).startswith(f"listeners[1].tls_cert: {made.key}: expected a file in PEM")
    assert said(made.certificate, made.certificate).startswith(f"listeners[1].tls_key: {made.certificate}: ")
    assert (
        said(made.certificate, other.key)
        == f"listeners[1].tls_key: {other.key}: does not fit the certificate in {made.certificate}"
    )
    locked = certificates.make(tmp_path, "locked", passphrase=b"x")
    assert "without a passphrase" in said(locked.certificate, locked.key)
    made.certificate.write_text(made.certificate.read_text().replace("M", "N"))
    assert "cannot be used" in said(made.certificate, made.key)
    with pytest.raises(HubError, match=f"^--tls-ca: {made.certificate}: the certificate in it is damaged$"):
        client_context(made.certificate)
