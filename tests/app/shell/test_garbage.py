import gc
import threading
import weakref

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.shell.garbage import MainThreadCollector


class Cycle(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.me = self


def test_other_threads_leave_garbage_alone_and_the_main_thread_collects_it(qtbot: QtBot) -> None:
    gc.enable()
    parent = QObject()
    collector = MainThreadCollector(parent)
    try:
        where: list[int] = []
        cycle = Cycle()
        watch = weakref.finalize(cycle, lambda: where.append(threading.get_ident()))
        del cycle
        worker = threading.Thread(target=lambda: [[each] for each in range(50_000)])
        worker.start()
        worker.join()
        assert watch.alive

        kept = [[each] for each in range(5_000)]
        collector.collect_if_due()
        assert where == [threading.get_ident()]
        assert len(kept) == 5_000
    finally:
        collector.stop()
        enabled = gc.isenabled()
        gc.disable()
    assert enabled


def test_garbage_is_collected_before_the_rest_is_left_out_for_good(qtbot: QtBot) -> None:
    gc.enable()
    parent = QObject()
    collector = MainThreadCollector(parent)
    try:
        cycle = Cycle()
        watch = weakref.finalize(cycle, list)
        del cycle
        kept, before = [[each] for each in range(5_000)], gc.get_freeze_count()
        collector.leave_out()
        assert not watch.alive
        assert gc.get_freeze_count() >= before + len(kept)
    finally:
        collector.stop()
        gc.disable()
