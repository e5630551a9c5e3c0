"""Write `docs/cost.md` anew: `python -m tests.cost`."""

from __future__ import annotations

import os

from tests import engine

os.environ.update(engine.CREDENTIALS)

# The tables' client reads its credentials when it is imported.
from tests.cost.measured import measure_all
from tests.cost.page import render

with engine.running_engine() as url:
    engine.create_tables(url)
    os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = url
    page = render(measure_all(url))
(engine.ROOT / "docs" / "cost.md").write_text(page, "utf-8")
