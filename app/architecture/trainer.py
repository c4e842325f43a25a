"""Training in a process of its own: how it goes comes line by line, and it can be ended early."""

import contextlib
import importlib.util
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QProcess, Signal

from app.link.networks import free_name
from engine.networks.architecture import Architecture
from engine.networks.architecture_text import as_notation

INSTALL = "Training needs PyTorch: pip install 'ciphersketch[train]'."
KILL_AFTER_MS = 3000


@dataclass(frozen=True)
class Trained:
    """A model that a training made: its name and its accuracy on the test pictures, in percent."""

    model: str
    accuracy: float
    test_pictures: int
    is_stopped: bool


class Trainer(QObject):
    """Attributes: `is_running`, `is_stopping`, `share` (0 to 1), `seconds_left`, `epochs`, `fault`.

    `epochs` has (loss, accuracy in percent) of each epoch so far. Signals: `changed` after any of
    them, `trained(Trained)`.
    """

    changed = Signal()
    trained = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._rest = b""
        self._begun = 0.0
        self._reset()

    def _reset(self) -> None:
        self.is_stopping = False
        self.share = 0.0
        self.seconds_left: float | None = None
        self.epochs: list[tuple[float, float]] = []
        self.fault = ""

    @property
    def is_running(self) -> bool:
        """Tell whether a training is going on."""
        return self._process is not None

    @staticmethod
    def is_possible() -> bool:
        """Tell whether the extra for training is installed."""
        return importlib.util.find_spec("torch") is not None

    def start(self, architecture: Architecture, data_set: str, epochs: int) -> None:
        """Train an architecture, unless something is being trained."""
        command = ["new", as_notation(architecture), "--set", data_set]
        self._start([*command, "--epochs", str(epochs), "--json"])

    def adapt(self, file: Path, data_set: str, epochs: int) -> None:
        """Train an ONNX file's network again, without what is no polynomial; else as `start`."""
        name = free_name(f"{data_set}-{file.stem}")
        command = ["adapt", str(file), "--data", data_set, "--name", name]
        self._start([*command, "--epochs", str(epochs), "--json"])

    def _start(self, command: list[str]) -> None:
        if self._process is not None:
            return
        self._reset()
        self._begun = time.monotonic()
        self._rest = b""
        process = QProcess(self)
        self._process = process
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._end)
        process.errorOccurred.connect(self._fail)
        process.start(sys.executable, ["-m", "engine.training", *command])
        self.changed.emit()

    def stop(self) -> None:
        """End the training; the network is made of what there is."""
        if self._process is not None and not self.is_stopping:
            self.is_stopping = True
            self._process.terminate()
            self.changed.emit()

    def close(self) -> None:
        """End the process at once; what it learned is lost."""
        process, self._process = self._process, None
        if process is not None:
            process.blockSignals(True)
            process.kill()
            process.waitForFinished(KILL_AFTER_MS)

    def _read(self) -> None:
        if self._process is None:
            return
        *lines, self._rest = (self._rest + self._process.readAllStandardOutput().data()).split(
            b"\n"
        )
        for line in lines:
            with contextlib.suppress(ValueError, KeyError, TypeError):  # whatever else is printed
                self._take(json.loads(line))
        self.changed.emit()

    def _take(self, message: dict[str, Any]) -> None:
        if "step" in message:
            self.share = message["step"] / message["steps"]
            taken = time.monotonic() - self._begun
            self.seconds_left = taken / self.share - taken
        elif "loss" in message:
            self.epochs.append((message["loss"], message["accuracy"]))
        elif "model" in message:
            self._result = Trained(
                message["model"],
                message["accuracy"],
                message["test_pictures"],
                message["stopped"],
            )

    def _end(self, code: int) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        said = bytes(process.readAllStandardError().data()).decode("utf-8", "replace").splitlines()
        process.deleteLater()
        if code:
            self.fault = said[-1] if said else "The training ended before its time; start it again."
        self.changed.emit()
        if not code and self._result is not None:
            self.trained.emit(self._result)
            self._result = None

    def _fail(self, _error: QProcess.ProcessError) -> None:
        if self._process is not None and self._process.state() is QProcess.ProcessState.NotRunning:
            self.fault = "The training could not be started; start it again."
            self._process = None
            self.changed.emit()

    _result: Trained | None = None
