"""Whatever is encrypted opens for its owner under its key, whole, and in no other way."""

import base64
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.services import vault

keys = st.binary(min_size=32, max_size=64)
owners = st.integers(1, 2**53).map("bid:{}".format)
details = st.dictionaries(st.sampled_from(["sort_code", "account"]), st.text(max_size=20))


@dataclass(frozen=True)
class Kept:
    """A data key's row."""

    key_id: str
    wrapped: str


def kept(own: bytes, owner: str, plain: dict[str, str]) -> tuple[str, Kept]:
    sealed, name, wrapped = vault.closed([own], owner, plain)
    return sealed, Kept(name, wrapped)


@given(keys, owners, details)
def test_it_opens_for_its_owner_and_says_nothing_meanwhile(
    own: bytes, owner: str, plain: dict[str, str]
) -> None:
    sealed, row = kept(own, owner, plain)
    assert vault.opened(row, [own], owner, sealed) == plain
    raw = base64.b64decode(sealed)
    assert not any(len(value) > 3 and value.encode() in raw for value in plain.values())
    assert own not in base64.b64decode(row.wrapped)
    # The same details a second time are another text: nobody sees that two accounts are the same.
    assert kept(own, owner, plain)[0] != sealed


@given(keys, keys, owners, owners, details)
def test_another_key_or_owner_opens_nothing(
    own: bytes, other: bytes, owner: str, stranger: str, plain: dict[str, str]
) -> None:
    sealed, row = kept(own, owner, plain)
    if other != own:
        with pytest.raises(vault.NoBankKey):
            vault.opened(row, [other], owner, sealed)
        with pytest.raises(ValueError, match="does not open"):
            vault.opened(replace(row, key_id=vault.key_id(other)), [own, other], owner, sealed)
    if stranger != owner:
        with pytest.raises(ValueError, match="does not open"):
            vault.opened(row, [own], stranger, sealed)
    with pytest.raises(vault.Forgotten):
        vault.opened(replace(row, wrapped=""), [own], owner, sealed)


@given(keys, owners, details, st.data())
def test_one_bit_changed_anywhere_is_found(
    own: bytes, owner: str, plain: dict[str, str], data: st.DataObject
) -> None:
    sealed, row = kept(own, owner, plain)

    def changed(text: str) -> str:
        raw = bytearray(base64.b64decode(text))
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        return base64.b64encode(bytes(raw)).decode()

    with pytest.raises(ValueError, match="does not open"):
        vault.opened(row, [own], owner, changed(sealed))
    with pytest.raises(ValueError, match="does not open"):
        vault.opened(replace(row, wrapped=changed(row.wrapped)), [own], owner, sealed)


@given(keys, keys, owners, details)
def test_under_a_new_key_it_opens_without_the_old(
    old: bytes, new: bytes, owner: str, plain: dict[str, str]
) -> None:
    sealed, row = kept(old, owner, plain)
    moved = Kept(vault.key_id(new), vault.rewrapped([new, old], row.key_id, row.wrapped))
    assert vault.opened(moved, [new], owner, sealed) == plain
    if new != old:
        with pytest.raises(vault.NoBankKey):
            vault.rewrapped([new], row.key_id, row.wrapped)
