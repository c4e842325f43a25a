"""The process that workers are forked from: it has loaded SEAL and the models, no client's bytes.

`python -m engine.gateway.nursery` answers each byte on the socket at its standard input with a new
worker: its process id, and as descriptors the other end of its messages and a handle to kill it by.
It never reads a byte that a client sent. When the socket closes, it ends its workers and itself.
"""

import gc
import json
import os
import selectors
import signal
import socket
import sys
from contextlib import suppress

from engine.gateway.limits import Limits, confine
from engine.parties.cloud import roles
from engine.parties.models import Models
from engine.parties.service import serve
from engine.planning.recommended import recommended
from engine.resources import offered_names


def main(text: str) -> None:
    """Serve a gateway as `text`, its wishes in JSON, says: models to offer, and limits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the gateway
    wishes = json.loads(text)
    limits, names = Limits(**wishes["limits"]), offered_names(wishes["models"])
    models = Models(names, {name: recommended(name) for name in names}, wishes["secret"])
    models.read_all()
    gc.collect()
    gc.freeze()  # what workers share stays untouched, and so stays shared
    gateway = socket.socket(fileno=os.dup(sys.stdin.fileno()))
    children: set[int] = set()
    waker, wakened = socket.socketpair()
    waker.setblocking(False)
    wakened.setblocking(False)
    signal.set_wakeup_fd(wakened.fileno())
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    with selectors.DefaultSelector() as selector:
        selector.register(gateway, selectors.EVENT_READ)
        selector.register(waker, selectors.EVENT_READ)
        while True:
            ready = [key.fileobj for key, _ in selector.select()]
            if waker in ready:
                with suppress(BlockingIOError):
                    waker.recv(4096)
                _reap(children)
            if gateway in ready:
                if not gateway.recv(1):
                    break
                try:
                    children.add(_give_birth(gateway, (gateway, waker, wakened), models, limits))
                except BrokenPipeError:
                    break
    for child in children:
        os.kill(child, signal.SIGKILL)


def _give_birth(
    gateway: socket.socket, private: tuple[socket.socket, ...], models: Models, limits: Limits
) -> int:
    inner, outer = socket.socketpair()
    child = os.fork()
    if child == 0:
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for each in (outer, *private):
                each.close()
            _live(inner, models, limits)
        finally:
            os._exit(0)
    handle = os.pidfd_open(child)
    socket.send_fds(gateway, [child.to_bytes(4)], [outer.fileno(), handle])
    os.close(handle)
    inner.close()
    outer.close()
    return child


def _live(messages: socket.socket, models: Models, limits: Limits) -> None:
    """Be a worker until the messages end."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(messages.fileno(), 0)
    os.dup2(messages.fileno(), 1)
    os.dup2(nothing, 2)  # what a worker complains about could quote a client
    messages.close()
    os.close(nothing)
    confine(limits)
    serve(*roles(models))


def _reap(children: set[int]) -> None:
    for child in tuple(children):
        with suppress(ChildProcessError):
            if os.waitpid(child, os.WNOHANG)[0]:
                children.discard(child)


if __name__ == "__main__":
    main(sys.argv[1])
