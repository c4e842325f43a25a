"""A child process as a session is linked to it: start it, talk to it over pipes, end it.

A peer is a fresh interpreter whose only links are two pipes; what crosses them are the messages
of `engine.messages.framing` and nothing else.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import engine.errors
from engine.errors import MessageError, ProcessLostError
from engine.messages.framing import LAST_KINDS, Message, encode_message, message_size, read_message
from engine.messages.log import OnMessage, Party
from engine.parties.link import error_from, logged

Role = Literal["key_owner", "cloud"]
PARTIES: dict[Role, Party] = {"key_owner": "client", "cloud": "cloud"}
CLOSE_SECONDS = 1.0


class Peer:
    """A child process that is started when it is first needed and again after it was lost.

    `starts` counts the starts: whoever remembers it can tell that everything the process knew
    is gone. `kill` and `close` may be called from any thread, the rest from one. `on_message` is
    told of every message, once it was written or read.
    """

    def __init__(self, role: Role, on_message: OnMessage = lambda message: None) -> None:
        self._role = role
        self._on_message = on_message
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self.starts = 0
        self.busy = False

    @property
    def pid(self) -> int | None:
        """Return the process id, None if the process is not running."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> None:
        """Start the process unless it runs."""
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                return
            _reap(self._process)
            self._process = subprocess.Popen(  # noqa: S603 - this program's own interpreter
                [sys.executable, "-m", f"engine.parties.{self._role}"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=Path(engine.errors.__file__).parents[1],
            )
            self.starts += 1

    def exchange(self, message: Message) -> Iterator[Message]:
        """Send a request to the process, which must have been started, and yield its answers.

        Raises what the other side raised, or ProcessLostError if it ended. A caller that stops
        before the last answer loses the process.
        """
        process, request = self._process, encode_message(message)
        if process is None or process.stdin is None or process.stdout is None:
            raise self._lost()
        complete = False
        try:
            process.stdin.write(request)
            process.stdin.flush()
            self._log(message, "window", PARTIES[self._role])
            while (answer := read_message(process.stdout)) is not None:
                self._log(answer, PARTIES[self._role], "window")
                if answer.kind in LAST_KINDS:
                    complete = True
                    break
                yield answer
        except (OSError, ValueError, MessageError) as error:  # ValueError: `close` closed a pipe
            raise self._lost() from error
        finally:
            if not complete:
                self.kill()
        if answer is None:
            raise self._lost()
        if answer.kind == "error":
            raise error_from(answer)

    def kill(self) -> None:
        """End the process at once; when this returns it is gone."""
        with self._lock:
            if self._process is not None:
                self._process.kill()
                self._process.wait()  # until then `start` would take it for a running one

    def close(self) -> None:
        """End the process: its input ends, and if that is not enough, it is killed."""
        with self._lock:
            process, self._process = self._process, None
        if process is None or process.stdin is None:
            return
        try:
            if self.busy:
                process.kill()
            else:
                process.stdin.close()
                process.wait(CLOSE_SECONDS)
        except (OSError, subprocess.TimeoutExpired):
            process.kill()
        _reap(process)

    def _log(self, message: Message, sender: Party, receiver: Party) -> None:
        self._on_message(logged(sender, receiver, message, message_size(message)))

    def _lost(self) -> ProcessLostError:
        return ProcessLostError(
            f"The {PARTIES[self._role]} process stopped; it starts again with the next run."
        )


def _reap(process: "subprocess.Popen[bytes] | None") -> None:
    if process is None:
        return
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:  # unsent bytes to a process that is gone
                continue
