import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.link.background import Background
from app.shell import preloading
from app.shell.preloading import Preloading


class AtOnce(Background):
    """Does the work where it is asked for."""

    def run(
        self,
        name: str,
        work: Callable[[], Any],
        on_value: Callable[[Any], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        on_value(work())


def test_views_are_imported_only_after_the_main_thread_made_every_class_of_qt(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    read = preloading.read_classes

    def noting() -> Iterator[object]:
        for made in read():
            order.append(threading.current_thread().name)
            yield made

    monkeypatch.setattr(preloading, "read_classes", noting)
    monkeypatch.setattr(preloading, "import_views", lambda: order.append("views"))
    background = AtOnce()
    errors: list[Exception] = []
    preload = Preloading(background, errors.append, background)

    with qtbot.waitSignal(preload.loaded):
        preload.start()

    assert set(order[:-1]) == {threading.main_thread().name}
    assert len(order) > 600
    assert order[-1] == "views"
    assert errors == []
    background.close()
