import csv
import json
from io import StringIO

from engine.parties.message_log import MessageLog, MessageLogged, log_as_csv, log_as_json

SENT = MessageLogged(1_700_000_000.25, "window", "cloud", "classify", 52, 184_885)
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
    }
    assert rows[1]["sender"] == "client"


def test_json_says_the_same_with_numbers_as_numbers() -> None:
    rows = json.loads(log_as_json((SENT,)))
    assert rows[0]["blob_bytes"] == 184_885
    assert rows[0]["at"] == "2023-11-14T22:13:20.250+00:00"
    assert log_as_json(()) == "[]\n"
