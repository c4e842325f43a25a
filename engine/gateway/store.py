"""What a client has sent and not used up, by hash: opaque bytes in memory files, never parsed.

Evaluation keys stay for the next worker; everything else goes with the ask it was for.
"""

import hashlib
import os
from collections.abc import Iterator

from engine.errors import MessageError
from engine.remote.frames import PIECE_BYTES, Piece

CHUNK_BYTES = 1 << 18
MOST_BLOBS = 128
"""Of one client; each holds a descriptor."""


class Blob:
    """Bytes that grow at their end, in a file in memory; closed when nobody has it any more."""

    def __init__(self) -> None:
        self._descriptor = -1  # should the system have none left
        self._descriptor = os.memfd_create("ciphersketch", os.MFD_CLOEXEC)
        self._hash = hashlib.sha256()
        self.size = 0

    def __del__(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)

    @property
    def digest(self) -> str:
        """Return the SHA-256 of what is there so far."""
        return self._hash.hexdigest()

    def append(self, data: bytes | memoryview) -> None:
        """Add bytes at the end."""
        os.pwrite(self._descriptor, data, self.size)
        self._hash.update(data)
        self.size += len(data)

    def chunks(self, size: int = CHUNK_BYTES) -> Iterator[bytes]:
        """Return its bytes, `size` at a time."""
        for offset in range(0, self.size, size):
            yield os.pread(self._descriptor, size, offset)

    def pieces(self) -> Iterator[Piece]:
        """Return it as it crosses the wire."""
        digest = self.digest
        for index, chunk in enumerate(self.chunks(PIECE_BYTES)):
            yield Piece(digest, index * PIECE_BYTES, chunk)


class Store:
    """The blobs of one client, MOST_BLOBS and `limit` bytes of them at most."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._blobs: dict[str, Blob] = {}

    @property
    def size(self) -> int:
        """Return how many bytes there are in all."""
        return sum(blob.size for blob in self._blobs.values())

    def take(self, piece: Piece) -> int:
        """Add a piece if it is the next of its blob; return how much there is of that.

        What was not used for longest makes room. MessageError if that does not suffice.
        """
        blob = self._blobs.get(piece.digest)
        held = 0 if blob is None else blob.size
        if piece.offset != held:
            return held  # sent again after a cut, or the rest of what had to make room
        self.check(held + len(piece.data))
        others = (each for each in tuple(self._blobs) if each != piece.digest)
        while self.size + len(piece.data) > self._limit:
            self.drop(next(others))
        try:
            if blob is None:
                if len(self._blobs) >= MOST_BLOBS:
                    self.drop(next(others))
                blob = self._blobs[piece.digest] = Blob()
            blob.append(piece.data)
        except OSError as error:
            self.drop(piece.digest)
            raise MessageError(f"The cloud has no room for more ({error.strerror}).") from error
        return blob.size

    def held(self, digest: str) -> int:
        """Return how many bytes of a blob are there."""
        blob = self._blobs.get(digest)
        return 0 if blob is None else blob.size

    def check(self, size: int) -> None:
        """Raise MessageError if a message of `size` bytes is more than is kept for a client."""
        if size > self._limit:
            raise MessageError(
                f"Keys and pictures together exceed the {self._limit >> 20} MB that this cloud "
                "keeps for a client: choose a smaller N."
            )

    def blob(self, digest: str, size: int) -> Blob:
        """Return a whole blob; MessageError if it is not what its hash says."""
        blob = self._blobs.pop(digest, None) or Blob()
        self._blobs[digest] = blob  # now the last to make room
        if (blob.size, blob.digest) != (size, digest):
            self._blobs.pop(digest, None)
            raise MessageError("Bytes that arrived are not those that were announced.")
        return blob

    def drop(self, digest: str) -> None:
        """Forget a blob."""
        self._blobs.pop(digest, None)
