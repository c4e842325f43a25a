"""What a cloud gives, to how many, and how many connections that leaves room for."""

import resource
from dataclasses import dataclass, field

from engine.gateway.answers import MOST_UNREAD
from engine.gateway.limits import Limits
from engine.gateway.store import MOST_BLOBS

MOST_SILENT, LEAST_SILENT = 600, 16
OWN_FILES = 64
FILES_OF_A_CLIENT = MOST_BLOBS + MOST_UNREAD + 16


@dataclass(frozen=True)
class Offer:
    """What a cloud gives, and how much of it: sizes in bytes, times in seconds.

    Of `secret` models nobody sees the inside. `clients` at once; `stored` for the keys and pictures
    of each; `seconds` for one request; a client is waited for `patience` after a cut, its keys are
    kept for `idle`.
    """

    models: tuple[str, ...] | None = None
    secret: tuple[str, ...] = ()
    clients: int = 32
    limits: Limits = field(default_factory=Limits)
    stored: int = 512 << 20
    seconds: float = 120.0
    patience: float = 60.0
    idle: float = 900.0

    def most_connections(self) -> int:
        """Return how many connections leave every client its descriptors; ask for as many.

        Where the system gives fewer, fewer of those that never say a word are let in.
        """
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        needed = OWN_FILES + self.clients * FILES_OF_A_CLIENT
        wanted = needed + MOST_SILENT
        soft = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, most))
        return self.clients + max(LEAST_SILENT, soft - needed)
