"""Whose file a source was read from: its checksum, where a copy of the file is at hand."""

import hashlib

import pytest

from etl.build import build
from etl.dimensions import Dimensions
from etl.paths import ROOT, Paths
from etl.problems import DataError

DOCUMENTS = ROOT.parent / "shared/reference/documents"
OF = {
    "nrmp-2020-program-results": "program_results_2016_2020.pdf",
    "nrmp-2025-program-results": "program_results_2021_2025.pdf",
    "nrmp-2025-positions-by-specialty-type": "by_state_specialty_type_2025.pdf",
    "nrmp-2025-positions-by-state-type": "by_state_specialty_type_2025.pdf",
}


def test_a_checksum_is_that_of_the_publishers_file(catalog):
    known = catalog.sources().set_index("source_id")["sha256"].dropna()
    assert set(known.index) == set(OF)
    if not DOCUMENTS.is_dir():
        pytest.skip(f"the publisher's files are not at {DOCUMENTS}")
    for source, file in OF.items():
        assert known[source] == hashlib.sha256((DOCUMENTS / file).read_bytes()).hexdigest()


def test_a_checksum_of_another_form_is_told_with_its_row(inputs):
    assert Dimensions(Paths())["source"]
    file = inputs.data / "sources.yml"
    text = file.read_text(encoding="utf-8")
    begin = text.index("sha256: ", text.index("sources:"))
    file.write_text(text[: begin + 8] + "no checksum" + text[begin + 8 + 64 :], encoding="utf-8")
    with pytest.raises(DataError, match="sha256"):
        build(inputs)
