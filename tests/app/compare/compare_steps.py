"""What tests of Compare share: runs and cells."""

from made_runs import made_run

from app.compare.view import CompareView
from app.state.stored_run import StoredRun
from engine.ckks.parameters import Settings


def run_at(place: int, **settings: int | str) -> StoredRun:
    return made_run(
        str(place),
        at=1_700_000_000.0 + place,
        settings=Settings(**settings),  # type: ignore[arg-type]
        server_seconds=place / 10 + 0.1,
    )


RUNS = [
    run_at(0, scale_bits=24),
    run_at(1, scale_bits=26),
    run_at(2, scale_bits=28, model="mnist-network2", poly_modulus_degree=16384),
]


def shown(view: CompareView) -> list[str]:
    return [run.id for run in view.table._runs.runs]
