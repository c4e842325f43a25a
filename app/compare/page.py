"""A run as one page that needs nothing else: an HTML file with its picture, journey and figures.

It holds no script and asks for nothing from elsewhere, so it can be mailed, kept and printed.
"""

import base64
from collections.abc import Sequence
from datetime import datetime
from html import escape
from pathlib import Path

from app.compare.tables import command_for
from app.kit.palette import DARK, LIGHT, Palette
from app.kit.wording import (
    TERMS,
    model_text,
    score_text,
    security_text,
    share_text,
    size_text,
    time_text,
)
from app.state.stored_run import StoredRun
from engine.planning.journey import StageInfo
from engine.studies.provenance import provenance

PICTURE_FILE = "picture.png"
ADDRESS_NEEDED = (
    "<p>ADDRESS is the pairing address of the cloud that has the model; nobody else can.</p>"
)
SIDES = {"client": "you, with the key", "wire": "on the way", "cloud": "the cloud, without a key"}


def as_page(run: StoredRun, stages: Sequence[StageInfo], picture: bytes) -> str:
    """Return the page of a run; `picture` is what the network saw, as the bytes of a PNG file."""
    image = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    body = "\n".join(
        (
            _answer(run, image),
            _section("The journey", _journey(run, stages)),
            _section("Scores", _scores(run)),
            _section("What it was encrypted with", _facts(run)),
            _section("Again", _again(run, image)),
        )
    )
    title = f"{run.answer}, read by a cloud without a key"
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(title)}</title>\n'
        f"<style>{_style()}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _answer(run: StoredRun, image: str) -> str:
    when = datetime.fromtimestamp(run.at).astimezone().strftime("%d %B %Y, %H:%M")
    worked, size = time_text(run.server_seconds), size_text(run.ciphertext_bytes)
    return (
        f'<header><img class="picture" src="{image}" alt="What the network saw">'
        f'<div><p class="muted">{escape(model_text(run.settings.model))}, {escape(when)}</p>'
        f"<h1>{escape(run.answer)}</h1><p>{escape(_beside(run))}</p>"
        f"<p>The cloud worked for {worked} on {size} of ciphertext that it cannot read; with "
        f"everything it took {time_text(run.total_seconds)}.</p></div></header>"
    )


def _beside(run: StoredRun) -> str:
    """Return what the clear network says, or why it does not."""
    if not run.clear:
        return run.why_not_clear
    if not run.agrees:
        return f"The clear network says {run.clear_answer}: encryption changed this answer."
    return (
        f"The clear network says the same; the scores differ by {share_text(run.relative_error)} "
        "of the largest at most."
    )


def _journey(run: StoredRun, stages: Sequence[StageInfo]) -> str:
    known = {stage.key: stage for stage in stages}
    longest = max(stage.seconds for stage in run.stages)
    rows = []
    for stage in run.stages:
        info = known.get(stage.key)
        title, meaning, side = (
            (info.title, info.explanation, info.side) if info else (stage.key, "", "cloud")
        )
        width = 100 * stage.seconds / longest if longest else 0.0
        notes = [size_text(stage.wire_bytes)] if stage.wire_bytes else []
        if side == "cloud":
            notes.append(f"{stage.level} prime{'' if stage.level == 1 else 's'} left")
        rows.append(
            f'<tr class="{side}"><td><b>{escape(title)}</b><br>'
            f'<span class="muted">{escape(meaning)}</span></td><td>{SIDES[side]}</td>'
            f"<td>{escape(', '.join(notes))}</td><td>{escape(time_text(stage.seconds))}</td>"
            f'<td class="bars"><i style="width:{width:.1f}%"></i></td></tr>'
        )
    head = "<tr><th>Step</th><th>Where</th><th></th><th>Time</th><th></th></tr>"
    return f"<table>{head}{''.join(rows)}</table>"


def _scores(run: StoredRun) -> str:
    largest = max(map(abs, (*run.encrypted, *run.clear))) or 1.0
    rows = []
    clear = run.clear or (None,) * len(run.classes)
    for name, encrypted, plain in zip(run.classes, run.encrypted, clear, strict=True):
        chosen = ' class="chosen"' if name == run.answer else ""
        width = 100 * max(encrypted, 0) / largest
        beside = "" if plain is None else score_text(plain)
        rows.append(
            f"<tr{chosen}><td>{escape(name)}</td><td>{score_text(encrypted)}</td>"
            f"<td>{beside}</td>"
            f'<td class="bars"><i style="width:{width:.1f}%"></i></td></tr>'
        )
    head = "<tr><th>Class</th><th>Decrypted</th><th>Clear</th><th></th></tr>"
    return f"<table>{head}{''.join(rows)}</table>"


def _facts(run: StoredRun) -> str:
    settings, older_newer = run.settings, map(security_text, run.security)
    older, newer = older_newer
    bits = " + ".join(map(str, run.coeff_modulus_bits))
    facts = [
        ("N", f"{settings.poly_modulus_degree}", TERMS["poly_modulus_degree"]),
        ("Bit scale", f"{settings.scale_bits}", TERMS["scale_bits"]),
        ("Coefficient modulus", f"{bits} bits", TERMS["coeff_modulus"]),
        ("Protocol", settings.protocol.replace("-", " "), TERMS["protocol"]),
        ("Security", f"{older} bits (2018), {newer} bits (2024)", TERMS["security"]),
        ("Ciphertext up", size_text(run.ciphertext_bytes), TERMS["ciphertext"]),
        ("Encrypted scores down", size_text(run.result_bytes), TERMS["scores"]),
    ]
    if run.keys is not None:
        count = f"{run.keys.galois_key_count} Galois keys, 1 relinearisation key"
        what = f"{size_text(run.keys.total_bytes)}: {count}"
        facts.append(("Keys in the cloud", what, f"{TERMS['relin_keys']} {TERMS['galois_keys']}"))
    rows = (
        f"<tr><td>{escape(name)}</td><td>{escape(value)}</td>"
        f'<td class="muted">{escape(meaning)}</td></tr>'
        for name, value, meaning in facts
    )
    return f"<table>{''.join(rows)}</table>"


def _again(run: StoredRun, image: str) -> str:
    command = command_for(run, Path(PICTURE_FILE))
    made = provenance()
    software = ", ".join(f"{name} {version}" for name, version in made.versions)
    return (
        f'<p>Save <a download="{PICTURE_FILE}" href="{image}">the picture</a> as '
        f"<code>{PICTURE_FILE}</code>, install CipherSketch, and run</p>"
        f"<pre>{escape(command)}</pre>"
        f"{'' if run.clear else ADDRESS_NEEDED}"
        f'<p class="muted">Made with {escape(software)} on {escape(made.system)}.</p>'
    )


def _section(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{content}</section>"


def _style() -> str:
    return (
        f":root{{{_colours(LIGHT)}}}"
        f"@media (prefers-color-scheme:dark){{:root{{{_colours(DARK)}}}}}"
        "body{margin:0;background:var(--window);color:var(--text);"
        "font:16px/1.5 system-ui,sans-serif}"
        "main{max-width:60rem;margin:0 auto;padding:2rem 1rem}"
        "header{display:flex;gap:2rem;align-items:center}"
        "header,section{background:var(--surface);border:1px solid var(--border);"
        "border-radius:12px;padding:1.25rem 1.5rem;margin:0 0 1rem}"
        ".picture{width:11rem;height:11rem;object-fit:contain;image-rendering:pixelated;"
        "background:#000;border-radius:8px;flex:none}"
        "h1{font-size:4rem;line-height:1.1;margin:.2rem 0;color:var(--encrypted)}"
        "h2{font-size:1.1rem;margin:0 0 .6rem}p{margin:.3rem 0}"
        ".muted{color:var(--muted);font-size:.875rem}"
        "table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}"
        "th{text-align:left;font-weight:600;color:var(--muted);font-size:.875rem}"
        "td,th{padding:.3rem .8rem .3rem 0;vertical-align:top;border-top:1px solid var(--border)}"
        "tr:first-child>*{border-top:0}.bars{width:22%;padding-right:0}"
        ".bars i{display:block;height:.7rem;margin-top:.4rem;border-radius:3px;min-width:1px;"
        "background:var(--clear)}.cloud .bars i,.wire .bars i,.chosen .bars i"
        "{background:var(--encrypted)}.chosen td{font-weight:600}"
        "pre{background:var(--sunken);border:1px solid var(--border);border-radius:8px;"
        "padding:.8rem;overflow-x:auto}a{color:var(--encrypted)}"
        "@media print{body{background:none}header,section{break-inside:avoid}}"
    )


def _colours(palette: Palette) -> str:
    names = ("window", "surface", "sunken", "border", "text", "muted", "clear", "encrypted")
    return "".join(f"--{name}:{getattr(palette, name)};" for name in names)
