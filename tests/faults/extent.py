"""How long the faults last. FAULT_ROUNDS says how often each process is killed. Each other fault lasts three times as
many seconds."""

import os

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "2"))
SECONDS = 3.0 * ROUNDS
IS_LONG = ROUNDS > 10
# Seconds until something that must happen has happened, on the slowest machine.
PATIENCE = 60.0
