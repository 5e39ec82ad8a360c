"""Readiness tells IMGs what is published of certification and visas, and others nothing of it."""

import pytest

from tests.pages.test_pages import open_page


@pytest.mark.parametrize("kind", ["US IMG", "Non-US IMG"])
def test_every_fact_on_certification_and_visas_is_told_with_its_source(catalog, kind):
    app = open_page("readiness.py", type=kind)
    assert not app.exception
    said = "\n".join(mark.value for mark in (*app.markdown, *app.caption))
    sources = catalog.sources().set_index("source_id")["title"]
    for mart in ("certification_facts", "visa_facts"):
        facts = catalog.table(mart)
        charted = facts["measure"].str.contains("Nepal|J-1 only|also sponsor|report accepting|studied")
        for row in facts[~charted].itertuples():
            assert row.measure.partition(":")[0].replace("-", "") in said.replace("-", "").replace("\\", "")
        titles = sources[facts.loc[~charted, "source_id"]]
        assert any(f"{title[:30]}" in said.replace("\\", "") for title in titles)
    pathways = catalog.table("ecfmg_pathways")
    assert any(
        list(frame.value.get("requirement", ())) == list(pathways["requirement"]) for frame in app.dataframe
    )


def test_who_needs_no_certification_is_told_nothing_of_it():
    app = open_page("readiness.py", type="US MD Senior")
    assert not any("Visas" in head.value or "Pathways" in head.value for head in app.subheader)
