"""Letters signed: PAdES on ECDSA P-256, so that a reader of PDFs shows whether anything was changed since."""

from __future__ import annotations

import io
import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fundapp.letters.lasting import made_clear

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

#: How long a certificate that the service made for itself is good for.
OWN_LASTS = timedelta(days=3650)

#: A new certificate begins a little earlier, for readers whose clock is behind.
_EARLIER = timedelta(hours=1)

#: Bytes of a signature beside its certificates, and then some.
_BESIDE_CERTIFICATES = 4096


class SealUnusable(Exception):
    """Letters cannot be signed with the key and the certificate that are set; the text says why and what to do."""


@dataclass(frozen=True)
class Seal:
    """Where the key (PEM, unencrypted, P-256) and its certificate (PEM, then those above it) lie.

    `own`: the service makes both at first use; `name` is whom such a certificate is for.
    """

    key: Path
    certificate: Path
    own: bool = False
    name: str = "Award letters"


def sign(pdf: bytes, seal: Seal) -> bytes:
    """The PDF with an invisible signature over all of it, which allows no change after it. Raises SealUnusable."""
    from pyhanko.sign import signers
    from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter

    signer, room = _signer(seal)
    meta = signers.PdfSignatureMetadata(
        field_name="Signature", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )  # fmt: skip
    # Out of bounds: PDF/UA-1 wants a field on the page to be tagged, and PDF/A-3 forbids to hide it.
    field = SigFieldSpec(
        "Signature", on_page=0, readable_field_name="Digital signature",
        invis_sig_settings=InvisSigSettings(box_out_of_bounds=True),
    )  # fmt: skip

    def file(attempt: int) -> bytes:
        signed = io.BytesIO()
        writer = _quiet_writer()(io.BytesIO(pdf + b"\n" * attempt))
        signing = signers.PdfSigner(meta, signer, new_field_spec=field)
        signing.sign_pdf(writer, output=signed, bytes_reserved=room)
        return signed.getvalue()

    return made_clear(file)


def fingerprint(seal: Seal) -> str:
    """The SHA-256 of the certificate, in hex, by which readers know it. Raises SealUnusable."""
    return str(_signer(seal)[0].signing_cert.sha256.hex())


def check(seal: Seal, now: datetime) -> datetime:
    """Until when letters can be signed with this seal. Raises SealUnusable, also once that is past."""
    until: datetime = _signer(seal)[0].signing_cert.not_valid_after
    if until <= now:
        raise SealUnusable(
            f"The certificate in {seal.certificate} ended on {until:%-d %B %Y}. Get a new one for the key that signs letters."
        )
    return until


@cache
def _signer(seal: Seal) -> tuple[Any, int]:
    """pyHanko's signer, and the bytes that its signatures take at most."""
    from cryptography.hazmat.primitives import serialization
    from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    if seal.own:
        _make(seal)
    key, certificates = _read(seal)
    plain = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    loaded = [one for der in certificates for one in load_certs_from_pemder_data(der)]
    store = SimpleCertificateStore.from_certs(loaded[1:])
    signer = SimpleSigner(loaded[0], load_private_key_from_pemder_data(plain, None), store)
    size = sum(len(der) for der in certificates) + _BESIDE_CERTIFICATES
    return signer, 2 * size  # pyHanko counts the signs in which it is written: two for a byte


def _read(seal: Seal) -> tuple[EllipticCurvePrivateKey, list[bytes]]:
    """The key, and the certificates (DER), its own first."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        key = serialization.load_pem_private_key(seal.key.read_bytes(), password=None)
        certificates = x509.load_pem_x509_certificates(seal.certificate.read_bytes())
    except OSError as failure:
        raise SealUnusable(
            f"{failure.filename} cannot be read ({failure.strerror}). Letters are signed with it: see LETTER_KEY."
        ) from failure
    except (ValueError, TypeError) as failure:
        raise SealUnusable(
            f"{seal.key} and {seal.certificate} must be a key without a passphrase and its certificate, both as PEM."
            " See LETTER_KEY and LETTER_CERT."
        ) from failure
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise SealUnusable(
            f"The key in {seal.key} is none on the curve P-256. Make one: openssl ecparam -name prime256v1 -genkey -noout"
        )
    if certificates[0].public_key() != key.public_key():
        raise SealUnusable(
            f"The certificate in {seal.certificate} is not for the key in {seal.key}. Put the right one there."
        )
    return key, [one.public_bytes(serialization.Encoding.DER) for one in certificates]


def _make(seal: Seal) -> None:
    """A key and a certificate for it, kept where the seal says unless they are there; those who race get the same."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    if not seal.key.exists():
        fresh = ec.generate_private_key(ec.SECP256R1())
        pem = fresh.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        _place(seal.key, pem)
    if seal.certificate.exists():
        return
    try:
        key = serialization.load_pem_private_key(seal.key.read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        return  # told by whoever reads it
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        return
    now = datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, seal.name[:64])])
    usage = x509.KeyUsage(True, True, *[False] * 7)  # signatures, and standing by what was signed
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now + OWN_LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _place(seal.certificate, certificate.public_bytes(serialization.Encoding.PEM))


def _place(path: Path, content: bytes) -> None:
    """The file as a whole, readable by its owner alone; one that is there already stays."""
    number, fresh = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(fresh)


@cache
def _quiet_writer() -> Any:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    class QuietWriter(IncrementalPdfFileWriter):
        """Leaves the metadata alone: pyHanko, writing them anew, loses what says that the file is PDF/A-3a and PDF/UA-1."""

        def _update_meta(self) -> None:
            return

    return QuietWriter
