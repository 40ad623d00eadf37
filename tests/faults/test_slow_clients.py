"""Clients that are slow take nothing from those that are honest."""

import time

import pytest

from tests.faults.bystander import Bystander
from tests.faults.community import Community
from tests.faults.conftest import SQLITE
from tests.faults.extent import IS_LONG, SECONDS
from tests.faults.report import note
from tests.faults.slow_clients import KINDS, SlowClients

pytestmark = pytest.mark.long

COUNT = 500 if IS_LONG else 100
CROWDS = ({kind: [kind] for kind in KINDS} if IS_LONG else {}) | {"all of these": list(KINDS)}


@pytest.mark.parametrize("community", [SQLITE], indirect=True)
@pytest.mark.parametrize("crowd", CROWDS)
def test_honest_clients_are_served_beside_slow_ones(community: Community, crowd: str) -> None:
    with Bystander(community.server.port) as bystander:
        before = bystander.calm(0.5)
        with SlowClients(community.server.port, CROWDS[crowd], COUNT) as slow:
            began_at = time.monotonic()
            time.sleep(SECONDS / 3)
            seen, are_open = bystander.during(began_at), slow.open
        assert seen.all
        assert not seen.failures
        assert are_open > 0
        note(
            f"slow clients: {crowd}",
            community.database,
            f"{are_open} at a time, {slow.connected} in all",
            seen.compared(before) + " (wanted: 100 ms)",
        )
