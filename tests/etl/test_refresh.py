"""The yearly refresh: differences, lineage, history, and the faults a refresh must survive."""

import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from types import ModuleType
from unittest.mock import patch

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from etl.build import build, candidate, ensure, is_current, live_build_id, rollback
from etl.compare import compare
from etl.contract import load_contract, load_contracts
from etl.dimensions import Dimensions
from etl.export import export
from etl.lineage import why
from etl.paths import ROOT
from etl.problems import DataError
from etl.scaffold import scaffold
from matchatlas.catalog.database import Catalog, open_catalog
from matchatlas.web import ui

TOTALS = "nrmp/match_totals.csv"
NEW_TOTAL = "2027,,41000,,38900,49000,,,nrmp-2025-match-totals\n"

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["etl.build"])

REFRESH = """
import sys
from pathlib import Path
from etl.build import build
from etl.paths import Paths
build(Paths(data=Path(sys.argv[1])))
"""


def add_year(inputs, line=NEW_TOTAL):
    with (inputs.tables / TOTALS).open("a") as file:
        file.write(line)


def refresh_in_process(inputs, **kwargs):
    return subprocess.Popen(
        [sys.executable, "-c", REFRESH, str(inputs.data)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        **kwargs,
    )


def test_diff_tells_new_gone_and_changed_rows(inputs):
    ensure(inputs)
    add_year(inputs)
    path = inputs.tables / "nrmp/first_choice_applicants.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:-1]).replace("2026,Dermatology,1099", "2026,Dermatology,1100"))
    with candidate(inputs) as (file, _):
        found = {(d.table, d.kind): d for d in compare(inputs.database, file, load_contracts(inputs))}
    assert set(found) == {
        ("match_totals", "new"),
        ("first_choice_applicants", "gone"),
        ("first_choice_applicants", "changed"),
    }
    changed = found[("first_choice_applicants", "changed")]
    assert changed.key == "2026 / Dermatology"
    assert "first_or_only_choice_applicants 1099 -> 1100" in changed.detail


def test_a_jump_beyond_the_historic_spread_is_flagged(inputs):
    ensure(inputs)
    add_year(inputs, NEW_TOTAL.replace("41000", "82000").replace("2027,,", "2027,120000,"))
    with candidate(inputs) as (file, _):
        found = compare(inputs.database, file, load_contracts(inputs))
    jumps = [d for d in found if d.kind == "jump"]
    assert any("positions_all 44,344 -> 120,000" in jump.detail for jump in jumps)


def test_a_former_build_of_another_key_does_not_stop_the_next(inputs, tmp_path):
    contracts = tmp_path / "contracts"
    shutil.copytree(inputs.contracts, contracts)
    changed = replace(inputs, contracts=contracts)
    contract = contracts / "definition_changes.yml"
    contract.write_text(contract.read_text().replace("key: [match_year, change]", "key: [match_year]"))
    table = inputs.tables / "other/definition_changes.csv"
    header, *rows = table.read_text().splitlines(keepends=True)
    table.write_text(header + rows[0] + rows[0].replace(",", ",Another: ", 1))
    first = ensure(inputs)
    table.write_text(header + rows[0])
    assert build(changed).build_id == live_build_id(changed) != first


def test_why_leads_to_publication_file_and_row(inputs):
    ensure(inputs)
    records = why(inputs.database, Dimensions(inputs), "internal medicine", 2026)
    outcome = next(r for r in records if r["table_name"] == "preferred_specialty_outcomes")
    assert outcome["figures"]["n_matched"] == 3392
    line = (ROOT / outcome["file"]).read_text().splitlines()[outcome["line"] - 1]
    assert line.startswith("2026,Internal Medicine,Non-US IMG")
    assert "Charting Outcomes" in outcome["publication"]
    assert outcome["build_id"] == live_build_id(inputs)


def test_why_of_an_unknown_name_names_the_nearest(inputs):
    ensure(inputs)
    with pytest.raises(DataError, match="nearest known: Dermatology"):
        why(inputs.database, Dimensions(inputs), "Bermatology", 2025)


def test_rollback_stays_until_the_inputs_change(inputs):
    first = ensure(inputs)
    add_year(inputs)
    second = ensure(inputs)
    assert first != second
    rollback(inputs, first)
    assert live_build_id(inputs) == first
    assert is_current(inputs)
    assert ensure(inputs) == first
    add_year(inputs, NEW_TOTAL.replace("2027", "2028"))
    assert ensure(inputs) not in (first, second)


def test_only_the_last_builds_are_kept(inputs):
    for year in range(2027, 2034):
        add_year(inputs, NEW_TOTAL.replace("2027", str(year)))
        build(inputs)
    assert len(list(inputs.builds.glob("*.duckdb"))) == 5
    with pytest.raises(DataError, match="a kept build is named"):
        rollback(inputs, "0" * 12)


def test_scaffold_writes_a_header_that_the_build_accepts(inputs):
    file, example, _ = scaffold(inputs, "applicants_by_type", 2027)
    build(inputs)
    header = file.read_text().strip().split(",")
    assert header == list(load_contract(inputs, "applicants_by_type").columns)
    assert "US MD Senior" in example
    with pytest.raises(DataError, match="never over another"):
        scaffold(inputs, "applicants_by_type", 2027)


def test_what_is_added_or_scaffolded_is_read_by_the_next_build(inputs):
    contracts = load_contracts(inputs)
    for name, contract in contracts.items():
        file, *_ = scaffold(inputs, name, 2027)
        assert [other.name for other in contracts.values() if file in other.paths(inputs)] == [name], (
            f"{file} is read as one table, {contract.files}"
        )
    with pytest.raises(DataError, match="four digits"):
        scaffold(inputs, "applicants_by_type", 27)


def test_a_file_that_no_table_reads_is_refused(inputs):
    (inputs.tables / "nrmp/aplicants_by_type_2027.csv").write_text("match_year\n")
    with pytest.raises(DataError, match=r"aplicants_by_type_2027\.csv\. Rule: a file is of one table"):
        build(inputs)


def test_export_describes_every_table(inputs, tmp_path):
    ensure(inputs)
    export(inputs.database, tmp_path / "out")
    package = json.loads((tmp_path / "out/datapackage.json").read_text())
    for resource in package["resources"]:
        csv = tmp_path / "out" / resource["path"]
        rows = duckdb.sql(f"SELECT count(*) FROM read_csv('{csv}')").fetchall()
        parquet = csv.with_suffix(".parquet")
        assert rows == duckdb.sql(f"SELECT count(*) FROM read_parquet('{parquet}')").fetchall()
        header = csv.read_text().splitlines()[0].split(",")
        assert header == [field["name"] for field in resource["schema"]["fields"]]


def refresh_in_fork(inputs):
    """A build in a process of its own that has been through its imports: every kill falls into it."""
    process = FORKS.Process(target=build, args=(inputs,))
    # Else it would run what stands as the main script here, be it a page that a test has opened.
    with patch.dict(sys.modules, {"__main__": ModuleType("__main__")}):
        process.start()
    return process


def seconds_of_refresh(inputs, back_to) -> float:
    """How long a whole refresh takes; the former build is live again afterwards."""
    started = time.monotonic()
    process = refresh_in_fork(inputs)
    process.join()
    assert process.exitcode == 0
    elapsed = time.monotonic() - started
    rollback(inputs, back_to)
    return elapsed


def test_killed_at_a_hundred_points_the_old_build_is_served_and_the_next_refresh_works(inputs):
    published = ensure(inputs)
    content = inputs.database.read_bytes()
    add_year(inputs)
    whole = min(seconds_of_refresh(inputs, published) for _ in range(2))
    new = build(inputs).build_id
    rollback(inputs, published)
    pick = random.Random(7)
    killed = 0
    while killed < 100:
        process = refresh_in_fork(inputs)
        time.sleep(whole * (killed + pick.random()) / 100)
        process.kill()
        process.join()
        # A busy machine is not always equally fast: a refresh that was done before does not count.
        killed += process.exitcode == -signal.SIGKILL
        # Always one whole build or the other, and readable.
        assert live_build_id(inputs) in (published, new)
        assert open_catalog(inputs.database).build_id in (published, new)
        if live_build_id(inputs) == new:
            rollback(inputs, published)
    assert inputs.database.read_bytes() == content
    assert build(inputs).build_id == new


def test_a_full_disk_leaves_the_published_build(inputs):
    published = ensure(inputs)
    add_year(inputs)

    def little_room():
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    process = refresh_in_process(inputs, preexec_fn=little_room)
    assert process.wait(60) != 0
    assert live_build_id(inputs) == published
    build(inputs)
    assert live_build_id(inputs) != published


def test_three_refreshes_at_once_all_end_well(inputs):
    ensure(inputs)
    add_year(inputs)
    three = [refresh_in_process(inputs) for _ in range(3)]
    assert [process.wait(180) for process in three] == [0, 0, 0]
    assert is_current(inputs)
    assert not list(inputs.builds.glob("*.tmp*"))


def test_readers_see_one_build_or_the_other_while_it_changes(inputs):
    ensure(inputs)
    builds = {live_build_id(inputs)}
    stop, seen, wrong = threading.Event(), set(), []

    def read():
        while not stop.is_set():
            try:
                catalog = open_catalog(inputs.database)
                years = catalog.totals()["match_year"].max()
                seen.add((catalog.build_id, int(years)))
            except Exception as error:
                wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(20)]
    for reader in readers:
        reader.start()
    for year in (2027, 2028, 2029):
        add_year(inputs, NEW_TOTAL.replace("2027", str(year)))
        builds.add(build(inputs).build_id)
    time.sleep(0.3)
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert {build_id for build_id, _ in seen} <= builds
    assert len(dict(seen)) == len(seen), "a build id was seen with two contents"
    assert max(year for _, year in seen) == 2029, "the newest build was noticed"


def test_commands_tell_problems_with_exit_code_1(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "etl", "why", "Bermatology", "2025"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=os.environ | {"NO_COLOR": "1"},
    )
    assert run.returncode == 1
    assert "nearest known: Dermatology" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_build_published_amid_a_run_is_not_mixed_into_it(inputs, monkeypatch):
    ensure(inputs)
    monkeypatch.setattr(ui, "open_catalog", lambda: open_catalog(inputs.database))
    used = []

    def query(self, *arguments):
        # A run has asked its first question: let the next build come in just then.
        if not used:
            add_year(inputs)
            build(inputs)
        used.append(self.build_id)
        return asked(self, *arguments)

    asked = Catalog._query
    monkeypatch.setattr(Catalog, "_query", query)
    app = AppTest.from_file(str(ROOT / "matchatlas/web/navigation.py"), default_timeout=60).run()
    assert not app.exception
    assert len(used) > 1 and len(set(used)) == 1
    used.append("the run after")
    app.run()
    assert used[-1] == live_build_id(inputs) != used[0]
    changes = open_catalog(inputs.database).differences()
    assert list(changes[["table_name", "kind", "former_build_id"]].itertuples(index=False)) == [
        ("match_totals", "new", used[0])
    ]
