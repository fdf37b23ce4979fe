"""A process that claims, finds, settles and says what it has settled, until nothing is left or it is killed."""

import sys

from archive.seed import Found, Why
from store.database import open_database
from store.frontier import claim, settle
from tests.store.making import NOW, a_capture, captured

if __name__ == "__main__":
    database, run, size, name = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    with open_database(database) as db:
        while seeds := claim(db, run, size, NOW):
            outcomes = []
            for seed in seeds:
                found = () if seed.hops else (Found(f"{seed.url}/document.pdf", Why.DOCUMENT, "L"),)
                outcome = captured(seed, *found)
                record = a_capture(seed.url, record_id=f"<urn:{name}:{seed.url}>", payload_digest=f"sha256:{seed.url}")
                outcomes.append(type(outcome)(seed, outcome.kind, "", 200, record, found))
            settle(db, run, outcomes, NOW)
            print(*(seed.url for seed in seeds), sep="\n", flush=True)
