"""How things stand with the cloud, in words: short for the badge, in full for the panel."""

import math

from app.kit.wording import short_where, time_text
from app.state.cloud import Cloud
from app.state.records import Tone
from engine.remote.state import CloudState

HERE = "A process of its own, which gets all but the secret key through a pipe."


def badge_text(cloud: Cloud) -> str:
    """Return where the cloud is and how it answers, in a few words."""
    if cloud.wanted:
        return f"Cloud: connecting to {short_where(cloud.wanted)}\u2026"
    if cloud.connection is None:
        return "Cloud: this computer"
    return f"Cloud: {short_where(cloud.where)}, {_short_phase(cloud, cloud.connection)}"


def _short_phase(cloud: Cloud, connection: CloudState) -> str:
    if connection.phase == "connected":
        return ", ".join(_figures(connection)[:2])
    if connection.phase == "lost" and cloud.retry_seconds is not None:
        return f"no connection, again in {_whole(cloud.retry_seconds)} s"
    return {"lost": "no connection", "closed": "closed"}.get(
        connection.phase, f"{connection.phase}\u2026"
    )


def headline(cloud: Cloud) -> str:
    """Return how things stand, as a title."""
    if cloud.wanted:
        return f"Connecting to {short_where(cloud.wanted)}\u2026"
    if cloud.connection is None:
        return "On this computer"
    where = short_where(cloud.where)
    if cloud.retry_seconds is not None:
        return f"No connection, again in {_whole(cloud.retry_seconds)} s"
    return {
        "connected": f"Connected to {where}",
        "reconnecting": f"Reconnecting to {where}\u2026",
    }.get(cloud.connection.phase, f"No connection to {where}")


def details(cloud: Cloud) -> str:
    """Return what there is to know of the connection, or why there is none."""
    connection = cloud.connection
    if cloud.wanted:
        return "Its fingerprint is checked before anything is sent."
    if connection is None:
        return HERE
    if connection.phase == "connected":
        return ", ".join(_figures(connection))
    if connection.phase == "reconnecting":
        return "The line was cut. A run goes on where it was as soon as it is back."
    return connection.problem


def tone_of(cloud: Cloud) -> Tone:
    """Return whether how things stand is a trouble."""
    return Tone.ERROR if cloud.is_away and not cloud.wanted else Tone.PLAIN


def _figures(connection: CloudState) -> list[str]:
    trip, models = connection.round_trip, len(connection.models)
    return [
        "round trip not measured yet" if trip is None else f"{time_text(trip)} round trip",
        f"protocol {connection.protocol}",
        f"engine {connection.engine or 'of unknown version'}",
        f"{models} network{'' if models == 1 else 's'}",
    ]


def _whole(seconds: float) -> int:
    return max(1, math.ceil(seconds))
