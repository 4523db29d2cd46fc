"""The leaves of an export, which come chain by chain and stand in the tree by their position."""

from collections.abc import Iterator

#: Leaves kept together. Room is taken only where one is, so that a made-up position costs no more than its own block.
TOGETHER = 64
#: More events than any service will record; what names a later position cannot be read.
MOST = 1 << 40


class Leaves:
    """Leaves by their position from 0: 33 bytes for each, whatever order they come in."""

    def __init__(self) -> None:
        self.count = 0
        self._blocks: dict[int, bytearray] = {}

    def put(self, position: int, leaf: bytes) -> bool:
        """Keeps 32 bytes; False where a leaf was already, which is written over. Raises ValueError for what is no position."""
        if not isinstance(position, int) or not 0 <= position < MOST:
            raise ValueError(f"{position!r} is no position")
        number, place = divmod(position, TOGETHER)
        block = self._blocks.get(number)
        if block is None:
            block = self._blocks[number] = bytearray(33 * TOGETHER)
        new = not block[place]
        block[place] = 1
        start = TOGETHER + 32 * place
        block[start : start + 32] = leaf
        self.count += new
        return new

    def held(self) -> int:
        """How many there are from the first to the first that is missing."""
        number = 0
        while (block := self._blocks.get(number)) is not None:
            gap = block.find(0, 0, TOGETHER)
            if gap >= 0:
                return number * TOGETHER + gap
            number += 1
        return number * TOGETHER

    def __iter__(self) -> Iterator[bytes]:
        """The leaves in their order, to the first that is missing."""
        for position in range(self.held()):
            number, place = divmod(position, TOGETHER)
            start = TOGETHER + 32 * place
            yield bytes(self._blocks[number][start : start + 32])
