import csv
import json
from io import StringIO

from engine.messages.log import (
    MessageLog,
    MessageLogged,
    folded,
    log_as_csv,
    log_as_json,
    of_last_run,
)

SENT = MessageLogged(
    1_700_000_000.25, "window", "cloud", "classify", 52, 184_885, "192.168.1.7:8765"
)
INSIDE = MessageLogged(1_700_000_001.0, "client", "window", "scores", 300, 0)


def test_only_what_goes_to_or_comes_from_the_cloud_crosses() -> None:
    assert SENT.crosses
    assert MessageLogged(0, "cloud", "window", "scores", 1, 1).crosses
    assert not INSIDE.crosses


def test_a_log_keeps_the_latest_and_counts_the_rest() -> None:
    log = MessageLog(limit=3)
    for place in range(5):
        log.add(MessageLogged(place, "window", "cloud", "load", 1, 0))
    assert [entry.at for entry in log.entries] == [2, 3, 4]
    assert log.forgotten == 2


def test_csv_has_one_line_a_message_under_its_names() -> None:
    rows = list(csv.DictReader(StringIO(log_as_csv((SENT, INSIDE)))))
    assert rows[0] == {
        "at": "2023-11-14T22:13:20.250+00:00",
        "sender": "window",
        "receiver": "cloud",
        "name": "classify",
        "header_bytes": "52",
        "blob_bytes": "184885",
        "where": "192.168.1.7:8765",
    }
    assert rows[1]["sender"] == "client"
    assert rows[1]["where"] == ""


def test_json_says_the_same_with_numbers_as_numbers() -> None:
    rows = json.loads(log_as_json((SENT,)))
    assert rows[0]["blob_bytes"] == 184_885
    assert rows[0]["at"] == "2023-11-14T22:13:20.250+00:00"
    assert log_as_json(()) == "[]\n"


def logged(*names: str) -> list[MessageLogged]:
    return [MessageLogged(0.0, "window", "cloud", name, 10, 0) for name in names]


def test_the_last_run_begins_with_its_encryption() -> None:
    single = logged("load", "encrypt", "classify", "scores", "encrypt", "classify")
    assert [each.name for each in of_last_run(single)] == ["encrypt", "classify"]
    rows = logged("encrypt_row", "classify_row", "encrypt_row", "decrypt_batch")
    again = logged("encrypt", "encrypted", "unpack")
    assert [each.name for each in of_last_run([*single, *again])][:2] == ["encrypt", "classify"]
    assert list(of_last_run([*single, *rows])) == rows
    assert list(of_last_run([*rows, *rows])) == rows
    assert list(of_last_run(logged("load", "loaded"))) == logged("load", "loaded")


def test_reports_of_stages_are_folded_into_one_row_with_their_bytes() -> None:
    entries = logged("classify", "stage_finished", "stage_finished", "stage_finished", "scores")
    short = folded(entries)
    assert [each.name for each in short] == ["classify", "stages", "scores"]
    assert sum(each.total_bytes for each in short) == sum(each.total_bytes for each in entries)
