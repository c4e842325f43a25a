"""The page that tells all results of a folder: tables beside the poster's, graphs, and commands.

The folder has what `evaluate --json` printed in `evaluations/*.json`, and any number of sweeps,
each in a folder of its own. The page says how to make all of it, also before there is any.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from engine.planning.forecast import network_named
from engine.studies.architectures import read_study
from engine.studies.provenance import Provenance
from engine.studies.report.evaluations import Evaluated, read_evaluations
from engine.studies.report.lines import lines_of
from engine.studies.report.study import study_sections
from engine.studies.report.sweep_files import read_runs
from engine.studies.report.tables import markdown, percent, poster_cells, sweep_tables
from engine.studies.sweeps.table import FILE_NAME, read_table

EVALUATIONS = "evaluations"
STUDY = "study"
SHOWN_DISAGREEMENTS = 10

DATA_SETS = ("mnist", "kmnist", "fashionmnist")
SMALL, DEEP = (" ".join(f"{name}-network{number}" for name in DATA_SETS) for number in (1, 2))
FULL_RUN = f"""\
export CIPHERSKETCH_DATA=DIR  # has MNIST/raw, KMNIST/raw and FashionMNIST/raw
out=assets/results
small="{SMALL}"
deep="{DEEP}"
mkdir -p $out/{EVALUATIONS}
for model in $small $deep; do
    python -m engine evaluate $model --json > $out/{EVALUATIONS}/$model.json
done
for model in $deep; do
    python -m engine evaluate $model --protocol refresh --limit 1000 --json \\
        > $out/{EVALUATIONS}/$model-refresh.json
done
# accuracies: 1,000 pictures a point, all at once
python -m engine sweep --models $small --poly-modulus-degrees 8192 16384 \\
    --scale-bits 16 18 20 22 24 26 28 30 32 --mode batched --limit 1000 --out $out/sweep
python -m engine sweep --models $deep --poly-modulus-degrees 16384 \\
    --scale-bits 16 20 24 26 28 30 32 --mode batched --limit 1000 --out $out/sweep
# times: seven pictures a point, one by one, and one worker, so that nothing else runs
python -m engine sweep --models $small --poly-modulus-degrees 8192 16384 \\
    --scale-bits 16 18 20 22 24 26 28 30 32 --mode single --limit 7 --workers 1 --out $out/sweep
python -m engine sweep --models $deep --poly-modulus-degrees 16384 \\
    --scale-bits 16 20 24 26 28 30 32 --mode single --limit 7 --workers 1 --out $out/sweep
# one by one: where batches have too small a special prime, and the poster's own chain
python -m engine sweep --models $small --poly-modulus-degrees 8192 --scale-bits 30 \\
    --limit 1000 --out $out/sweep
python -m engine sweep --models mnist-network1 --poly-modulus-degrees 8192 \\
    --scale-bits 20 22 24 26 --outer-bits 32 --limit 1000 --out $out/poster-chain
# architectures: trained two at a time, then timed one by one; up to two hours
python -m engine.training study --out $out/{STUDY}
python -m engine report --out $out
"""


def write_readme(folder: Path) -> str:
    """Return the page for `folder`; raise ResultsError if something in it is damaged."""
    evaluated = read_evaluations(folder / EVALUATIONS)
    sweeps = sorted(path.parent for path in folder.glob(f"*/{FILE_NAME}"))
    study = read_study(folder / STUDY)
    made = [each.made for each in evaluated]
    made += [each for sweep in sweeps for each in read_runs(sweep)]
    sections = [
        "# Results",
        "Made by the commands below, and by them alone; every number can be made again.",
        _machines(made),
        *(_evaluations(evaluated) if evaluated else ()),
        *(section for sweep in sweeps for section in _sweep(sweep)),
        *(study_sections(study) if study else ()),
        "## All of it again",
        "About three hours on two cores. Each command can be stopped and given again: "
        "what is finished stays.",
        f"```sh\n{FULL_RUN}```",
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _machines(made: Sequence[Provenance]) -> str:
    if not made:
        return "Nothing has been measured yet."
    days = sorted({each.date[:10] for each in made})
    machines = sorted({f"{each.cores} cores of {each.processor}, {each.system}" for each in made})
    versions = sorted({" ".join(pair) for each in made for pair in each.versions})
    period = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
    return f"{period}, on {'; '.join(machines)}. {', '.join(versions)}."


def _evaluations(evaluated: Sequence[Evaluated]) -> Iterable[str]:
    yield "## All models on all their test pictures"
    yield (
        "Accuracies in percent, with 95 % intervals. Times are for encrypting, classifying and "
        "decrypting, per picture; *batched* ones share it with thousands. Settings are the poly "
        "modulus degree and the bit scale, the poster's also the outer primes. The networks' "
        "weights are not the poster's."
    )
    header = (
        *("model", "pictures", "clear", "encrypted", "same answer", "largest error"),
        *("time", "setting", "poster: clear", "encrypted", "time", "setting"),
    )
    yield markdown(header, [_row(each) for each in evaluated])
    yield "\n".join(_note(each) for each in evaluated)
    yield _commands(each.made for each in evaluated)


def _row(each: Evaluated) -> tuple[str, ...]:
    card = network_named(each.model).card
    clear, encrypted, time, setting = poster_cells(card.architecture, card.dataset)
    return (
        each.model,
        f"{each.pictures:,}",
        percent(each.clear),
        percent(each.encrypted),
        f"{each.same:,} of {each.pictures:,}",
        f"{each.largest_relative_error:.3%}",
        f"{each.milliseconds:,.1f} ms, {each.mode}",
        each.setting,
        clear,
        encrypted,
        time,
        setting,
    )


def _note(each: Evaluated) -> str:
    shown = ", ".join(map(str, each.disagreements[:SHOWN_DISAGREEMENTS]))
    more = len(each.disagreements) - SHOWN_DISAGREEMENTS
    differ = f"different answers on pictures {shown}" if shown else "no different answer"
    return f"- {each.model}: {each.source}; {differ}{f' and {more} more' if more > 0 else ''}."


def _sweep(folder: Path) -> Iterable[str]:
    lines = lines_of(read_table(folder))
    yield f"## Bit scale and poly modulus degree: `{folder.name}`"
    degrees = sorted({line.poly_modulus_degree for line in lines})
    yield "\n\n".join(
        f"![{title} at N = {degree}]({folder.name}/{file}-{degree}.svg)"
        for degree in degrees
        for title, file in (("Accuracy", "accuracy"), ("Time", "time"))
    )
    yield sweep_tables(lines)
    yield f"Every row with all its columns: [{folder.name}/{FILE_NAME}]({folder.name}/{FILE_NAME})."
    yield _commands(read_runs(folder))


def _commands(made: Iterable[Provenance]) -> str:
    commands = dict.fromkeys(each.command for each in made)
    return "```sh\n" + "\n".join(commands) + "\n```" if commands else ""
