"""What hears a session's events in the tests, and does something in the middle of them."""

from collections.abc import Callable

from engine.session.events import Event


class Listener:
    """Remembers every event; does what it is told, once, inside the event that is named.

    An event is named whole, or by its type and its stage's key.
    """

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._acts: dict[Event | tuple[type, str], tuple[Callable[[], object], ...]] = {}

    def __call__(self, event: Event) -> None:
        self.events.append(event)
        for name in (event, (type(event), event.key)):
            for act in self._acts.pop(name, ()):
                act()

    def at(self, event: Event | tuple[type, str], *acts: Callable[[], object]) -> None:
        self._acts[event] = acts

    def of(self, kind: type) -> list[str]:
        return [event.key for event in self.events if isinstance(event, kind)]

    def clear(self) -> None:
        self.events.clear()
        self._acts.clear()
