"""The tree agrees with an implementation that is not ours, and no proof holds for anything but what it was made for."""

import hashlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree, verify_consistency, verify_inclusion
from sqlalchemy import Connection, create_engine, insert

from fundapp.audit.sealed import LEAVES, NODES, StoredTree
from fundapp.audit.standalone.tree import Tree, consistency_holds, inclusion_holds, leaf_hash

ENTRIES = [b"entry %d" % number for number in range(700)]
LEAF = [leaf_hash(entry) for entry in ENTRIES]


@pytest.fixture(scope="module")
def other() -> InmemoryTree:
    """The other implementation, over the same entries."""
    tree = InmemoryTree(algorithm="sha256")
    for entry in ENTRIES:
        tree.append_entry(entry)
    return tree


@pytest.fixture(scope="module")
def stored() -> Iterator[Connection]:
    """Leaves and subtrees in tables, with nothing else around them."""
    engine = create_engine("sqlite://")
    tree = Tree()
    tree.kept = []
    for leaf in LEAF:
        tree.add(leaf)
    with engine.begin() as conn:
        conn.exec_driver_sql(
            "CREATE TABLE audit_leaf (position INTEGER PRIMARY KEY, event_id INTEGER, hash BLOB)"
        )
        conn.exec_driver_sql("CREATE TABLE audit_node (level INTEGER, place INTEGER, hash BLOB)")
        conn.execute(
            insert(LEAVES), [{"position": at, "event_id": at, "hash": leaf} for at, leaf in enumerate(LEAF)]
        )
        conn.execute(
            insert(NODES),
            [{"level": level, "place": place, "hash": made} for level, place, made in tree.kept],
        )
        yield conn
    engine.dispose()


def root(size: int) -> bytes:
    tree = Tree()
    for leaf in LEAF[:size]:
        tree.add(leaf)
    return tree.root()


ROOTS = [root(size) for size in range(70)] + [b""] * (len(LEAF) - 69)
for _size in (255, 256, 257, 511, 512, 513, 699, 700):
    ROOTS[_size] = root(_size)


def test_roots_of_every_size(other: InmemoryTree) -> None:
    assert ROOTS[0] == hashlib.sha256().digest()
    for size in [*range(1, 70), 255, 256, 257, 511, 512, 513, 700]:
        assert ROOTS[size] == other.get_root(size), size


def test_the_vectors_of_the_standard_s_reference() -> None:
    """Roots over the eight inputs that implementations of RFC 6962 are held against."""
    inputs = [bytes.fromhex(text) for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )]  # fmt: skip
    tree = Tree()
    for data in inputs:
        tree.add(leaf_hash(data))
    assert tree.root().hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_every_inclusion_of_small_trees(stored: Connection, other: InmemoryTree) -> None:
    for size in range(1, 70):
        for index in range(size):
            path = StoredTree(stored).inclusion(index, size)
            theirs = other.prove_inclusion(index + 1, size)
            verify_inclusion(LEAF[index], ROOTS[size], theirs)
            assert sorted([LEAF[index], *path]) == sorted(theirs.path)
            assert inclusion_holds(index, size, LEAF[index], path, ROOTS[size])


def test_every_consistency_of_small_trees(stored: Connection, other: InmemoryTree) -> None:
    for size in range(1, 70):
        for old in range(1, size + 1):
            path = StoredTree(stored).consistency(old, size)
            verify_consistency(ROOTS[old], ROOTS[size], other.prove_consistency(old, size))
            assert consistency_holds(old, size, ROOTS[old], ROOTS[size], path), (old, size)
            if old < size:
                assert not consistency_holds(old, size, ROOTS[old - 1], ROOTS[size], path)
                assert not consistency_holds(old, size, ROOTS[old], ROOTS[size - 1], path)


@pytest.mark.parametrize("size", [255, 256, 257, 511, 512, 513, 700])
def test_across_the_subtrees_that_are_kept(stored: Connection, size: int) -> None:
    for index in {0, 1, 127, 128, 254, 255, 256, 257, 400, 510, 511, 512, 699}:
        if index >= size:
            continue
        path = StoredTree(stored).inclusion(index, size)
        assert inclusion_holds(index, size, LEAF[index], path, ROOTS[size])
        for old in (1, 64, 69, 255, 256, 257, 512, 699):
            if old <= size:
                path = StoredTree(stored).consistency(old, size)
                assert consistency_holds(old, size, ROOTS[old], ROOTS[size], path)


@given(st.data())
def test_a_proof_holds_for_nothing_else(stored: Connection, data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 69))
    index = data.draw(st.integers(0, size - 1))
    path = StoredTree(stored).inclusion(index, size)
    assert inclusion_holds(index, size, LEAF[index], path, ROOTS[size])
    other_index = data.draw(st.integers(0, size - 1).filter(lambda at: at != index))
    assert not inclusion_holds(index, size, LEAF[other_index], path, ROOTS[size])
    assert not inclusion_holds(other_index, size, LEAF[index], path, ROOTS[size])
    place = data.draw(st.integers(0, len(path) - 1))
    bent = [*path]
    bent[place] = bytes([bent[place][0] ^ 1]) + bent[place][1:]
    assert not inclusion_holds(index, size, LEAF[index], bent, ROOTS[size])
    assert not inclusion_holds(index, size, LEAF[index], path[:-1], ROOTS[size])
    assert not inclusion_holds(index, size, LEAF[index], [*path, path[0]], ROOTS[size])
    assert not inclusion_holds(index, size + 1, LEAF[index], path, ROOTS[size + 1])


@given(st.data())
def test_a_consistency_holds_for_nothing_else(stored: Connection, data: st.DataObject) -> None:
    size = data.draw(st.integers(3, 69))
    old = data.draw(st.integers(1, size - 1))
    path = StoredTree(stored).consistency(old, size)
    place = data.draw(st.integers(0, len(path) - 1))
    bent = [*path]
    bent[place] = bent[place][:-1] + bytes([bent[place][-1] ^ 1])
    assert not consistency_holds(old, size, ROOTS[old], ROOTS[size], bent)
    assert not consistency_holds(old, size, ROOTS[old], ROOTS[size], path[:-1])
    assert not consistency_holds(old, size, ROOTS[old], ROOTS[size], [*path, path[-1]])
    assert not consistency_holds(size, old, ROOTS[size], ROOTS[old], path)


def test_a_tree_goes_on_from_its_frontier() -> None:
    for start in (0, 1, 5, 64, 69):
        tree = Tree()
        for leaf in LEAF[:start]:
            tree.add(leaf)
        again = Tree(tree.size, tree.frontier)
        for leaf in LEAF[start:256]:
            again.add(leaf)
        assert (again.size, again.root()) == (256, ROOTS[256])
    with pytest.raises(ValueError, match="no frontier of 1 subtrees"):
        Tree(3, [b"x" * 32])
