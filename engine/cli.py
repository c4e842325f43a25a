"""The command line: `python -m engine COMMAND`.

Results go to standard output, progress and errors to standard error; no Qt, no torch.
"""

import argparse
import sys
from collections.abc import Callable, Sequence

from engine.commands import (
    bench,
    bench_cloud,
    bench_playground,
    bench_precision,
    classify,
    cloud,
    download,
    evaluate,
    models,
    plan,
    report,
    sureness,
    sweep,
)
from engine.errors import CipherSketchError

EXIT_REFUSED = 2
EXIT_STOPPED = 130


def main(arguments: Sequence[str] | None = None, program: str = "python -m engine") -> int:
    """Run one command; return its exit status: 0, or 2 with one sentence on standard error.

    `program` is what a person typed to get here, for the help.
    """
    options = _parser(program).parse_args(arguments)
    try:
        return int(options.run(options))
    except CipherSketchError as error:
        print(f"{options.command}: {error}", file=sys.stderr)
        return EXIT_REFUSED
    except KeyboardInterrupt:
        print(f"{options.command}: stopped.", file=sys.stderr)
        return EXIT_STOPPED


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program, description="Encrypted networks without a window."
    )
    commands = parser.add_subparsers(dest="command", required=True)

    def add(
        name: str,
        summary: str,
        add_options: Callable[[argparse.ArgumentParser], None],
        run: Callable[[argparse.Namespace], int],
    ) -> None:
        command = commands.add_parser(name, help=summary)
        add_options(command)
        command.set_defaults(run=run)

    add("classify", classify.HELP, classify.add_options, classify.run)
    add("evaluate", evaluate.HELP, evaluate.add_options, evaluate.run)
    add("sureness", sureness.HELP, sureness.add_options, sureness.run)
    add("import", models.HELP_IMPORT, models.add_import_options, models.run_import)
    add("models", models.HELP_MODELS, models.add_models_options, models.run_models)
    add("cloud", cloud.HELP, cloud.add_options, cloud.run)
    add("plan", plan.HELP, plan.add_options, plan.run)
    add("download", download.HELP, download.add_options, download.run)
    add("sweep", sweep.HELP, sweep.add_options, sweep.run)
    add("report", report.HELP, report.add_options, report.run)
    add("bench", bench.HELP, bench.add_options, bench.run)
    add("bench-cloud", bench_cloud.HELP, bench_cloud.add_options, bench_cloud.run)
    add("bench-shapes", bench.HELP_SHAPES, bench.add_shapes_options, bench.run_shapes)
    add("bench-precision", bench_precision.HELP, bench_precision.add_options, bench_precision.run)
    add(
        "bench-playground",
        bench_playground.HELP,
        bench_playground.add_options,
        bench_playground.run,
    )
    add("bench-batched", bench.HELP_BATCHED, bench.add_batched_options, bench.run_batched)
    return parser
