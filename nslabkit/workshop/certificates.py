"""A certificate for the workshop's link: one that is given, or one of its own making.

Browsers warn of one that nobody has signed, once; ``start`` prints its fingerprint, so that a
learner can compare it with the one that the browser shows.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import socket
import ssl
from typing import TYPE_CHECKING

from nslabkit.base import files
from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography import x509
    from cryptography.x509 import GeneralName

_DAYS = 90


def current(folder: Path, host: str) -> tuple[Path, Path]:
    """Return the certificate that `make` made and its key, anew if they no longer do."""
    pair = folder / "certificate.pem", folder / "key.pem"
    try:
        check(*pair, host, "")
    except InvalidValueError:
        return make(folder, host)
    return pair


def check(certificate: Path, key: Path, host: str, tried: str) -> None:
    """See to it that a certificate and its key can be used for `host`, today.

    Raises
    ------
    InvalidValueError
        They cannot.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key, password=lambda: b"")
    except (OSError, ValueError) as error:
        raise InvalidValueError(
            tried,
            _("The certificate {certificate} cannot be used with the key {key}: {error}").format(
                certificate=certificate, key=key, error=error
            ),
            _("Name two files in PEM form: --certificate fullchain.pem --key privkey.pem"),
            errno=error.errno if isinstance(error, FileNotFoundError) else None,
        ) from error
    from cryptography import x509

    first = x509.load_pem_x509_certificate(certificate.read_bytes())
    if not first.not_valid_before_utc <= dt.datetime.now(dt.UTC) <= first.not_valid_after_utc:
        raise InvalidValueError(
            tried,
            _("The certificate {certificate} is valid only from {begin} to {end}.").format(
                certificate=certificate,
                begin=f"{first.not_valid_before_utc:%Y-%m-%d}",
                end=f"{first.not_valid_after_utc:%Y-%m-%d}",
            ),
            _("Renew it; or look whether this machine's clock is right: date"),
        )
    names = _shown(first)
    if not _covers(names, host):
        raise InvalidValueError(
            f"{tried} --host {host}",
            _(
                "Browsers would warn: the certificate is for {names}, and the link says {host}."
            ).format(names=enumeration(names) or "-", host=host),
            _("Let the link say what the certificate is for: --host {name}").format(
                name=names[0].replace("*", "MACHINE") if names else "MACHINE"
            ),
        )


def _shown(certificate: x509.Certificate) -> list[str]:
    """Return the names and addresses that a certificate is for."""
    from cryptography import x509

    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    addresses = [str(one) for one in names.get_values_for_type(x509.IPAddress)]
    return names.get_values_for_type(x509.DNSName) + addresses


def _covers(names: list[str], host: str) -> bool:
    """Whether `host` is among them; ``*.example.org`` stands for one name before the dot."""
    host = host.lower()
    return any(name.lower() in (host, f"*.{host.partition('.')[2]}") for name in names)


def make(folder: Path, host: str) -> tuple[Path, Path]:
    """Write a certificate that is signed by itself, for `host`, and its key.

    Returns
    -------
    tuple
        The files of both; the key is for root alone.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    folder.mkdir(mode=0o700, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName(_names(host)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    files.replace_file(
        key_file,
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        0o600,
    )
    files.replace_file(certificate_file, signed.public_bytes(serialization.Encoding.PEM), 0o644)
    return certificate_file, key_file


def _names(host: str) -> list[GeneralName]:
    """Return what the link may say: the host as given, this machine's name, this machine itself."""
    from cryptography import x509

    found: list[GeneralName] = []
    for name in dict.fromkeys((host, socket.gethostname(), "localhost", "127.0.0.1")):
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            if name.isascii():
                found.append(x509.DNSName(name))
    return found


def fingerprint(certificate: Path) -> str:
    """Return the SHA-256 fingerprint as browsers show it."""
    import hashlib

    text = certificate.read_text(encoding="ascii")
    end = "-----END CERTIFICATE-----"
    first = text[: text.index(end) + len(end)] + os.linesep
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(first)).hexdigest().upper()
    return ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))
