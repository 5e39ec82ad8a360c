"""What `data/README.md` says of the tables is true."""

from etl.contract import load_contracts
from etl.paths import ROOT, Paths


def test_every_table_has_its_question():
    told = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    cells = {name.split()[0] for name in told.replace("|", ",").split(",") if name.strip()}
    assert set(load_contracts(Paths())) <= cells
