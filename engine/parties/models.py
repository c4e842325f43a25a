"""The models that a cloud runs, asked for by name and by the hash of their files, never by a path.

Each is read once. A cloud for other machines reads its models before it forks its workers, which
then share them.
"""

from collections.abc import Mapping, Sequence

from engine.ckks.parameters import Settings
from engine.errors import ModelError
from engine.networks.files import load_network
from engine.networks.layers import Network
from engine.resources import model_path, model_sha256, offered_names


class Models:
    """The models named, or all that are on this machine.

    `settings` are those to describe to clients that lack a model's file; of those in `secret` no
    client may see what they compute on the way, whatever it says that it has.
    """

    def __init__(
        self,
        names: Sequence[str] | None = None,
        settings: Mapping[str, Settings] | None = None,
        secret: Sequence[str] = (),
    ) -> None:
        self._secret = frozenset(secret)
        self._names = names
        self._settings = settings or {}
        self._read: dict[tuple[str, str], Network] = {}
        self._hashes: dict[str, str] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the models that may be asked for."""
        if self._hashes is not None:
            return tuple(self._hashes)
        return offered_names(self._names)

    def read_all(self) -> None:
        """Read them all now; no file is looked at afterwards. Raises ModelError."""
        hashes = {name: model_sha256(name) for name in self.names}
        for name, sha256 in hashes.items():
            self.network(name, sha256)
        self._hashes = hashes

    def keep_secret(self, name: str) -> None:
        """Raise ModelError if nobody may see what this model computes on the way."""
        if name in self._secret:
            raise ModelError(
                f"{name} is the cloud's secret: no teaching run and no refresh, which would show "
                "what it computes on the way; one shot works."
            )

    def described(self, name: str) -> tuple[Network, Settings]:
        """Return a model and the setting to run it with where nobody chooses another."""
        if name not in self._settings or self._hashes is None:
            raise ModelError(f"The cloud describes no model {name!r}.")
        return self.network(name, self._hashes[name]), self._settings[name]

    def network(self, name: str, sha256: str) -> Network:
        """Return a model; ModelError if there is none of that name with that hash."""
        if (network := self._read.get((name, sha256))) is not None:
            return network
        if name not in self.names:
            listed = ", ".join(self.names) or "none"
            raise ModelError(f"The cloud does not offer {name!r}; it offers: {listed}.")
        found = model_sha256(name) if self._hashes is None else self._hashes[name]
        if found != sha256:
            raise ModelError(
                f"The cloud has another model {name} (SHA-256 {found[:12]}…, not {sha256[:12]}…): "
                "bring the same file, or the same version of the program, to both machines."
            )
        network = self._read[name, sha256] = load_network(model_path(name))
        return network
