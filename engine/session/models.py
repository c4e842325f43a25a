"""The models that a session can use: those whose files are here, and those of its cloud alone."""

from collections.abc import Callable, Mapping

from engine.ckks.parameters import Settings
from engine.errors import MessageError, ModelError
from engine.messages.to_describe import Describe
from engine.networks.architecture_text import is_notation
from engine.parties.processes import Processes
from engine.planning.forecast import Refusal
from engine.planning.outline import Outline, outline_for, outline_from, outlined_forecast
from engine.resources import imported_names, model_names, model_path, model_sha256


class CloudModels:
    """What a session knows of its models; `offered` gives those of a cloud elsewhere, by hash."""

    def __init__(self, processes: Processes, offered: Callable[[], Mapping[str, str]]) -> None:
        self._processes = processes
        self._offered = offered
        self._described: dict[str, Outline] = {}

    def outline(self, settings: Settings) -> Outline:
        """Return what a client must know; raise ParameterError, ModelError or MessageError."""
        if _is_here(settings.model):
            return outline_for(settings)
        outline = self.described(settings.model)
        told = outlined_forecast(outline, settings)
        if isinstance(told, Refusal):
            raise MessageError(told.reason)
        return outline

    def described(self, model: str) -> Outline:
        """Return what the cloud says of a model whose file is not here; raise ModelError."""
        if model not in self._described:
            self._processes.cloud.peer.start()
            if model not in self._offered():
                model_path(model)  # raises: it is nowhere
            self._described[model] = outline_from(self._processes.cloud.ask(Describe(model)))
        return self._described[model]

    def sha256(self, model: str) -> str:
        """Return the hash of a model's file, here or there; raise ModelError."""
        if _is_here(model):
            return model_sha256(model)
        offered = self._offered()
        if model not in offered:
            raise ModelError(f"The cloud no longer offers {model!r}.")
        return offered[model]


def _is_here(model: str) -> bool:
    return model in model_names() or model in imported_names() or is_notation(model)
