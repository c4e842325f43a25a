import dataclasses
from pathlib import Path

import numpy as np
import platformdirs
from fake_sweep import row_of
from made_runs import made_run
from made_splits import made_split
from studio import Studio

from app.data_sets.browsing import Browser
from app.data_sets.disagreements import find_disagreements
from app.data_sets.view import DataView
from app.state.stored_run import StoredRun
from app.sweep.store import default_folder
from engine.ckks.parameters import Settings
from engine.data_sets.samples import Samples
from engine.studies.evaluation import Evaluation, evaluations_folder
from engine.studies.journal import Journal
from engine.studies.outcomes import keep_outcome
from engine.studies.sweeps.records import SweepPoint
from engine.studies.sweeps.table import SweepTable


def test_pictures_answered_differently_when_encrypted_are_shown_with_where(
    studio: Studio, view: DataView, browser: Browser
) -> None:
    browser._finder = lambda dataset, split, runs: {
        17: ("MNIST, network 1, bit scale 18",),
        4242: ("that",),
    }
    last = view.classes.count() - 1
    view.classes.setCurrentIndex(last)
    view.classes.activated.emit(last)
    studio.qtbot.waitUntil(lambda: list(browser.shown) == [17, 4242])

    assert view.classes.currentText() == "Encrypted and clear differ (2)"
    assert "bit scale 18" in view.card._note.text()


def differing(picture: np.ndarray, model: str = "mnist-network1") -> StoredRun:
    """Return a run whose encrypted answer is another than its clear one."""
    run = made_run(picture=picture.tobytes(), settings=Settings(model, 8192, 26, 32))
    return dataclasses.replace(run, encrypted=(2.0, 1.0), clear=(1.0, 2.0), classes=("0", "1"))


def test_a_run_of_the_window_that_differs_is_found_by_its_picture(
    studio: Studio, view: DataView, browser: Browser
) -> None:
    assert browser.split is not None
    fine = made_run("fine", picture=browser.picture(5).tobytes())
    other = differing(browser.picture(7), "kmnist-network1")
    studio.state.past.set_runs([fine, other])
    studio.state.past.run_finished.emit(differing(np.zeros((28, 28), np.uint8)))
    studio.state.past.set_runs([fine, other, differing(browser.picture(4242))])
    browser.choose_disagreeing()
    studio.qtbot.waitUntil(lambda: list(browser.shown) == [4242])

    told = "MNIST, network 1, N = 8192, bit scale 26, poster's chain"
    assert browser.disagreements[4242] == (told,)


def test_what_a_complete_evaluation_differed_on_is_found(
    studio: Studio, view: DataView, browser: Browser
) -> None:
    samples = Samples("MNIST", np.zeros((20, 28, 28), np.uint8), np.zeros(20, np.uint8))
    settings = Settings("mnist-network1", protocol="refresh")
    row = row_of(SweepPoint(settings, "single"), samples)
    assert row.summary is not None
    keep_outcome(
        Evaluation(settings, "single", samples),
        dataclasses.replace(row.summary, disagreements=(9620,)),
    )
    browser.choose_disagreeing()
    studio.qtbot.waitUntil(lambda: list(browser.shown) == [9620])

    assert "bit scale 26, refresh" in view.card._note.text()


def test_a_damaged_evaluation_is_told_and_the_pictures_stay(
    studio: Studio, view: DataView, browser: Browser
) -> None:
    evaluations_folder().mkdir(parents=True)
    (evaluations_folder() / "mnist-network1-0.json").write_text("{")
    browser.choose_disagreeing()
    studio.qtbot.waitUntil(lambda: "is damaged" in browser.warning)
    browser.choose_class(None)

    assert view.grid.isVisible()
    assert "move it away" in view.card._note.text()


def test_disagreements_are_found_in_sweeps_and_evaluations(tmp_path: Path) -> None:
    settings = Settings("mnist-network1", 8192, 18)
    samples = Samples("MNIST", np.zeros((9, 28, 28), np.uint8), np.zeros(9, np.uint8))
    row = row_of(SweepPoint(settings, "single"), samples)
    assert row.summary is not None
    with SweepTable(default_folder()) as table:
        summary = dataclasses.replace(row.summary, disagreements=(5,))
        table.add(dataclasses.replace(row, summary=summary))
    part = {"indices": [5, 6], "encrypted": [1, 2], "clear": [1, 3]}
    journal = platformdirs.user_cache_path("ciphersketch") / "evaluations" / "some.jsonl"
    with Journal(journal, {**dataclasses.asdict(settings), "scale_bits": 20}) as entries:
        entries.append(part)

    assert find_disagreements("MNIST", made_split("MNIST"), ()) == {
        5: ("MNIST, network 1, N = 8192, bit scale 18",),
        6: ("MNIST, network 1, N = 8192, bit scale 20",),
    }
    assert find_disagreements("KMNIST", made_split("KMNIST"), ()) == {}
