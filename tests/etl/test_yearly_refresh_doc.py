"""The commands of docs/how-to/yearly-refresh.md, run as written, on a copy of the data."""

import os
import re
import shlex
import subprocess
import sys

from etl.paths import ROOT

DOCUMENT = """Table 4. A made-up table
Applicant Type,Active,No. Matched,% Matched
US MD Senior,"20,000","18,000",90.0%
US IMG*,"4,000","3,000",75.0%
Total,"24,000","21,000",
* A footnote
"""


def test_the_commands_run_as_written(inputs, tmp_path):
    text = (ROOT / "docs/how-to/yearly-refresh.md").read_text()
    commands = [line for block in re.findall(r"```\n(.*?)```", text, re.S) for line in block.splitlines()]
    assert len(commands) >= 8
    (tmp_path / "applicants_2027.csv").write_text(DOCUMENT)
    sources = inputs.data / "sources.yml"
    sources.write_text(
        sources.read_text()
        + (
            "- {id: nrmp-2027-example, publisher: NRMP, year: 2027, title: A made-up title, read_from: here}\n"
        )
    )
    environment = os.environ | {"MATCH_ATLAS_DATA": str(inputs.data), "PYTHONPATH": str(ROOT)}
    output = {}
    for command in commands:
        words = shlex.split(command)
        assert words[:3] == ["python", "-m", "etl"]
        run = subprocess.run(
            [sys.executable, *words[1:]], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert run.returncode == 0, f"{command}\n{run.stderr}"
        output[words[3]] = run.stdout
    assert "2 rows in data/tables/nrmp/applicants_by_type_2027.csv" in output["add"]
    assert "active_applicants 4000" in output["why"]
    assert "applicants_by_type_2027.csv" in output["why"]
    assert (tmp_path / "exported/datapackage.json").exists()
