"""What is kept beside a build: the same bits as fitted anew, or as if it were not there."""

import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from etl.paths import Paths
from matchatlas import warm
from matchatlas.applicant import Applicant
from matchatlas.catalog.database import Catalog
from matchatlas.matching.lab import Question, ask, play_nations
from matchatlas.matching.participants import MarketTables, count_participants
from matchatlas.odds.estimator import EstimatorTables, fit
from matchatlas.road.targets import TargetProgram


@pytest.fixture(scope="module")
def built(database, tmp_path_factory):
    """A data folder of its own with the live build in it, and what is kept beside it."""
    paths = Paths(data=tmp_path_factory.mktemp("data"))
    paths.builds.mkdir()
    shutil.copy(database.resolve(), paths.builds)
    paths.database.symlink_to(paths.builds / database.resolve().name)
    assert [file.suffixes[-2] for file in warm.keep(paths)] == [".model", ".nations"]
    return paths


@pytest.fixture
def data(built, tmp_path):
    """A copy that a test may spoil."""
    shutil.copytree(built.data, tmp_path / "data", symlinks=True)
    paths = Paths(data=tmp_path / "data")
    paths.database.unlink()
    paths.database.symlink_to(next(paths.builds.glob("*.duckdb")))
    return paths


def kept_file(paths, name):
    return next(paths.builds.glob(f"*.{name}.npz"))


def test_a_kept_model_is_the_fitted_one_bit_for_bit(built):
    catalog = Catalog(built.database)
    fitted, read = fit(EstimatorTables.of(catalog)), warm.model(catalog)
    assert read.checksums == fitted.checksums and read.match_year == fitted.match_year
    assert set(read.terms) == set(fitted.terms)
    for kind, specialty in fitted.base_rates.cells:
        person = Applicant(applicant_type=kind, specialty=specialty, step2_ck=231, contiguous_ranks=4)
        one, other = read.estimate(person), fitted.estimate(person)
        assert (one.draws == other.draws).all()
        assert (one.center, one.notes, one.source_ids) == (other.center, other.notes, other.source_ids)
    for one, other in zip(read.standards, fitted.standards, strict=True):
        assert one.dropna().to_dict() == other.dropna().to_dict()


def test_kept_national_matches_answer_as_those_played_now(built):
    catalog = Catalog(built.database)
    participants = count_participants(MarketTables.of(catalog), warm.model(catalog))
    played, read = play_nations(participants, lambda share, message: None), warm.nations(catalog)
    programs = tuple(TargetProgram(program=name, specialty="Internal Medicine") for name in "ABC")
    question = Question(programs, "Non-US IMG", 0.5, 20)
    one, other = ask(read, question), ask(played, question)
    assert (one.kept == other.kept).all() and one.type_rate == other.type_rate
    assert read.participants.programs.equals(played.participants.programs)
    assert read.participants.applicants.equals(played.participants.applicants)
    assert read.participants.type_rates.equals(played.participants.type_rates)


def spoil(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)


def cut(file):
    file.write_bytes(file.read_bytes()[:-2000])


def alter(file):
    """Another figure, in a file that is well-formed."""
    with np.load(file) as found:
        arrays = dict(found)
    arrays["arr_0"] = arrays["arr_0"] + 1
    np.savez(file, **arrays)


@pytest.mark.parametrize("harm", [spoil, cut, alter, lambda file: file.write_bytes(b"")])
def test_what_is_not_as_it_was_written_counts_as_not_there(data, harm):
    harm(kept_file(data, "model"))
    assert warm._read(Catalog(data.database), "model") is None


def test_what_counts_as_not_there_is_made_anew(data):
    file = kept_file(data, "model")
    former = file.read_bytes()
    spoil(file)
    assert warm.keep(data) == [file]
    assert file.read_bytes() == former, "the same bits"


def test_another_build_s_and_another_code_s_are_not_taken(data, monkeypatch):
    catalog = Catalog(data.database)
    monkeypatch.setattr(catalog, "build_id", "another")
    assert warm.nations(catalog) is None
    catalog = Catalog(data.database)
    assert warm.nations(catalog) is not None
    monkeypatch.setattr(warm, "made_by", lambda: "another")
    assert warm.nations(catalog) is None


def test_a_file_can_name_nothing_but_what_is_kept(data, monkeypatch):
    catalog = Catalog(data.database)
    warm._write(catalog, "model", Applicant(applicant_type="US IMG", specialty="Pediatrics"))
    assert warm._read(catalog, "model") is None


def test_what_belongs_to_no_build_any_more_goes(data):
    gone = data.builds / "000000-gone.model.npz"
    gone.write_bytes(b"")
    assert warm.keep(data) == []
    assert not gone.exists()


def test_of_two_at_once_one_works(data, monkeypatch):
    for file in data.builds.glob("*.npz"):
        file.unlink()
    monkeypatch.setattr(warm, "_played", lambda catalog: None)
    with ThreadPoolExecutor() as both:
        written = [file for files in both.map(warm.keep, [data, data]) for file in files]
    assert written == [kept_file(data, "model")]
