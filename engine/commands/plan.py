"""`python -m engine plan`: how a model would run and what it costs, without running it."""

import argparse
import dataclasses
import json
from pathlib import Path
from typing import Any

from engine.circuits.expected.calibration import costs_path, load_costs
from engine.circuits.expected.precision import changed_words
from engine.ckks.parameters import Settings
from engine.commands.options import add_json, add_settings, settings_from
from engine.networks.architecture_text import as_notation, read_architecture
from engine.planning.design import StageCost, stage_costs
from engine.planning.forecast import Forecast, circuit_for, forecast, timing_words
from engine.session.relay import Session

HELP = "say how a model would run and what it costs, without running it"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    known = "a model's name, an architecture's file (.toml) or its short line"
    parser.add_argument("planned", metavar="MODEL", help=known)
    add_settings(parser, named=False)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print the plan."""
    options.model = options.planned
    if options.planned.endswith(".toml"):
        options.model = as_notation(read_architecture(Path(options.planned)))
    if load_costs(costs_path()) is None:  # times can be told once this machine is measured
        with Session() as session:
            session.calibrate()
    report = plan(settings_from(options))
    print(json.dumps(report, indent=2) if options.json else as_text(report))
    return 0


def plan(settings: Settings) -> dict[str, Any]:
    """Return the plan of a setting, as JSON has it; raise ParameterError or ModelError."""
    circuit = circuit_for(settings)
    expected = forecast(settings)
    assert isinstance(expected, Forecast)  # circuit_for has refused everything else
    degree = circuit.parameters.chain.poly_modulus_degree
    stages = [_stage(cost) for cost in stage_costs(expected)]
    words = sum((each["masks"] + each["ciphertexts"]) * each["level"] for each in stages)
    keys = expected.relin_key_bytes + expected.galois_key_bytes
    return {
        "settings": dataclasses.asdict(settings),
        "stages": stages,
        "coeff_modulus_bits": expected.coeff_modulus_bits,
        "security_bits_2018": expected.security_2018,
        "security_bits_2024": expected.security_2024,
        "ciphertexts_up": len(circuit.legs[0].packing.value_of_slot),
        "ciphertext_bytes": expected.ciphertext_bytes,
        "relin_key_bytes": expected.relin_key_bytes,
        "galois_key_bytes": expected.galois_key_bytes,
        "galois_key_count": expected.galois_key_count,
        "cloud_memory_bytes": words * degree * 8 + 2 * keys,
        "predicted_relative_error": expected.relative_error,
        "predicted_changed_answers": expected.changed_answers,
        "predicted_ms": None if expected.server_seconds is None else expected.server_seconds * 1e3,
        "timed_on": expected.timed_on,
    }


def _stage(cost: StageCost) -> dict[str, Any]:
    seconds = cost.seconds
    return {
        "key": cost.key,
        "level": cost.level,
        "level_after": cost.level_after,
        "rotations": cost.rotations,
        "masks": cost.masks,
        "ciphertexts": cost.ciphertexts,
        "predicted_ms": None if seconds is None else seconds * 1000,
        "bits_right": cost.bits,
    }


def as_text(report: dict[str, Any]) -> str:
    """Return a plan to read."""
    settings, bits = report["settings"], " ".join(map(str, report["coeff_modulus_bits"]))
    lines = [
        f"chain       {bits} bits, N = {settings['poly_modulus_degree']}, "
        f"bit scale {settings['scale_bits']}, {report['security_bits_2024']}-bit secure",
        f"up          {report['ciphertexts_up']} ciphertexts, {report['ciphertext_bytes']:,} bytes",
        f"keys        {report['relin_key_bytes'] + report['galois_key_bytes']:,} bytes: "
        f"1 relinearisation key, {report['galois_key_count']} Galois keys",
        f"memory      {report['cloud_memory_bytes'] / 1e6:,.0f} MB in the cloud",
        "",
        "stage       primes  rotations  masks  bits right  predicted",
        *(
            f"{each['key']:<11} {each['level']} to {each['level_after']} {each['rotations']:>10} "
            f"{each['masks']:>6} {each['bits_right']:>11.1f}  {_time(each['predicted_ms'])}"
            for each in report["stages"]
        ),
        f"cloud       {_time(report['predicted_ms'])} in all, {timing_words(report['timed_on'])}",
        f"error       about {100 * report['predicted_relative_error']:.2g} % of the largest score, "
        f"answers: {changed_words(report['predicted_changed_answers'])}",
    ]
    return "\n".join(lines)


def _time(milliseconds: float | None) -> str:
    return (
        "not known before this machine was measured"
        if milliseconds is None
        else (f"{milliseconds:,.1f} ms")
    )
