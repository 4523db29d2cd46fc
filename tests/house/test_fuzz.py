"""No request breaks the service, and nothing that was typed comes back unescaped: `make fuzz` sends 50,000."""

import os
import random
import time
from datetime import timedelta
from pathlib import Path

from fundapp.audit.verify import verify
from fundapp.database import upgrade
from fundapp.services import throttle
from tests.effort import REPEATABLE
from tests.house.fuzzing import Walk
from tests.house.parish import settle
from tests.house.test_matrix import ROWS
from tests.web import KEYS, app_over, office_of

#: In an ordinary run; `FUZZ` says another number.
FEW = 400


def test_no_request_breaks_it(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    app = app_over(tmp_path, FUNDAPP_DEMO="1")
    app.config["WTF_CSRF_ENABLED"] = False  # as if each form brought its token
    app.testing = False
    office = office_of(app)
    for kind in throttle.LIMITS:
        monkeypatch.setitem(throttle.LIMITS, kind, (10**9, timedelta(hours=1)))
    upgrade(office.db)
    parish = settle(office, KEYS["SECRET_KEY"], app.extensions["files"])
    forms: dict[str, dict[str, str]] = {}
    may: dict[str, list[str]] = {}
    for row in ROWS:
        may.setdefault(row.endpoint, []).extend(
            who
            for who, said in row.expected.items()
            if said in ("200", "303", "saved", "taken", "422", "409")
        )
        things = parish.things[row.thing]
        if row.method == "POST":
            known = {name: value.format(**things) for name, value in row.form.items()}
            forms.setdefault(row.endpoint, {}).update(known)
    seed = int(os.environ.get("FUZZ_SEED", "1" if REPEATABLE else random.SystemRandom().randrange(10**9)))
    count = int(os.environ.get("FUZZ", FEW))
    walk = Walk(app, parish, seed, forms, may)
    began = time.perf_counter()
    walk.run(count)
    took = time.perf_counter() - began
    sent = walk.statuses.total()
    print(
        f"\nFUZZ_SEED={seed}: {sent:,} requests, {sent / took:.0f}/s, {dict(sorted(walk.statuses.items()))}"
    )
    assert not walk.wrong, f"FUZZ_SEED={seed}\n" + "\n".join(walk.wrong)
    found = verify(office.db, office.recorder)
    office.db.close()
    assert found.clean, found.problems[:5]
