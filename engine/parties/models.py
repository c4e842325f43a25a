"""The models that a cloud runs, asked for by name and by the hash of their files, never by a path.

Each is read once. A cloud for other machines reads its models before it forks its workers, which
then share them.
"""

import hashlib
from collections.abc import Sequence

from engine.errors import ModelError
from engine.networks.files import load_network
from engine.networks.layers import Network
from engine.resources import imported_names, model_names, model_path


class Models:
    """The models named, or all that are on this machine."""

    def __init__(self, names: Sequence[str] | None = None) -> None:
        self._names = names
        self._read: dict[tuple[str, str], Network] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the models that may be asked for."""
        known = (*model_names(), *imported_names())
        return tuple(name for name in known if self._names is None or name in self._names)

    def network(self, name: str, sha256: str) -> Network:
        """Return a model; ModelError if there is none of that name with that hash."""
        if (network := self._read.get((name, sha256))) is not None:
            return network
        if name not in self.names:
            listed = ", ".join(self.names) or "none"
            raise ModelError(f"The cloud does not offer {name!r}; it offers: {listed}.")
        path = model_path(name)
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != sha256:
            raise ModelError(
                f"The cloud has another model {name} (SHA-256 {found[:12]}…, not {sha256[:12]}…): "
                "bring the same file, or the same version of the program, to both machines."
            )
        network = self._read[name, sha256] = load_network(path)
        return network
