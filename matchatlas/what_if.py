"""What the what-if page asks and lays out, apart from the page itself."""

import pandas as pd
import streamlit as st

from matchatlas import ui
from matchatlas.applicant import Applicant
from matchatlas.catalog import Catalog
from matchatlas.estimator import Model, NoEstimate

YES_NO = {"unknown": None, "yes": True, "no": False}
VIEWS = {"After interviews, with ranks": "after", "Before interviews, without ranks": "before"}


def profile_inputs() -> tuple[dict, str]:
    """The profile's widgets, grouped as a person thinks; the fields known, and the view.

    Every choice lives in the URL.
    """
    names = ui.catalog().specialties()["specialty"]
    with st.expander("You", expanded=True):
        profile = {
            "applicant_type": ui.choose_applicant_type(),
            "specialty": ui.choose("Specialty", names, ui.SPECIALTY, default="Internal Medicine"),
        }
    with st.expander("Scores", expanded=True):
        profile |= {
            "step2_ck": ui.number("Step 2 CK", "ck", 1, 300),
            "step1_first_attempt_pass": YES_NO[
                ui.choose("Step 1 passed at the first attempt", list(YES_NO), "s1")
            ],
        }
    with st.expander("List", expanded=True):
        view = VIEWS[ui.choose("View", list(VIEWS), "view")]
        profile |= {
            "contiguous_ranks": ui.number(
                "Contiguous ranks (or interviews expected)", "ranks", 1, 300,
                help="Programs of the preferred specialty ranked one after the other",
            ),
            "specialties_ranked": ui.number("Distinct specialties ranked", "specs", 1, 20),
        }  # fmt: skip
    with st.expander("Certification, visa, time"):
        profile |= {
            "target_match_year": ui.number("Match year aimed at", "match", 2020, 2100),
            "visa_need": _or_none(
                ui.choose("Visa need", ["unknown", "none", "J-1", "H-1B"], "visa")
            ),
            "years_since_graduation": ui.number("Years since graduation", "ysg", 0, 60),
            "ecfmg_certified": YES_NO[ui.choose("ECFMG certified", list(YES_NO), "ecfmg")],
            "ecfmg_expected": st.date_input(
                "Certification expected", value=None, key="ecfmg_by", bind="query-params"
            ),
        }
    with st.expander("Experience"):
        profile |= {
            "research_experiences": ui.number("Research experiences", "research", 0, 100),
            "publications": ui.number("Publications", "publications", 0, 300),
            "abstracts_presentations_publications": ui.number(
                "Abstracts, presentations and publications together", "app", 0, 500
            ),
            "work_experiences": ui.number("Work experiences", "work", 0, 100),
            "volunteer_experiences": ui.number("Volunteer experiences", "volunteer", 0, 100),
            "usce_elective_months": ui.number(
                "Months of hands-on U.S. electives", "elective", 0, 60
            ),
            "usce_externship_months": ui.number("Months of U.S. externship", "externship", 0, 60),
            "usce_observership_months": ui.number(
                "Months of U.S. observership", "observership", 0, 60
            ),
            "us_letters": ui.number("Letters from U.S. physicians", "letters", 0, 20),
        }
    return profile, view


def _or_none(choice: str) -> str | None:
    return None if choice == "unknown" else choice


def over_specialties(model: Model, applicant: Applicant, view: str) -> pd.DataFrame:
    """The profile in every specialty its type has an estimate for.

    Returns specialty, rate, low, high (shares), matched, total (published counts), source_id.
    """
    rows = []
    for specialty in model.specialties(applicant.applicant_type):
        at = model.estimate(applicant.model_copy(update={"specialty": specialty}), view)
        rows.append({
            "specialty": specialty, "rate": at.center, "low": at.low, "high": at.high,
            "matched": at.base.matched, "total": at.base.n, "source_id": at.source_ids[0],
        })  # fmt: skip
    if not rows:
        raise NoEstimate(f"no specialty of {applicant.applicant_type}s can be estimated")
    return pd.DataFrame(rows)


def nearest_facts(catalog: Catalog, applicant_type: str, specialty: str) -> list[str]:
    """Published facts near a type and specialty that cannot be estimated, as sentences."""
    facts = []
    rates = catalog.match_rates()
    rates = rates[(rates["applicant_type"] == applicant_type) & rates["match_rate"].notna()]
    if len(rates):
        last = rates.iloc[-1]
        facts.append(f"{100 * last['match_rate']:.1f} % of {applicant_type}s matched to any PGY-1 "
                     f"position in {last['match_year']}.")  # fmt: skip
    fills = catalog.fills()
    fills = fills[(fills["specialty"] == specialty) & (fills["applicant_type"] == applicant_type)]
    if len(fills):
        last = fills.iloc[-1]
        facts.append(f"{applicant_type}s filled {last['filled_by_type']:,} of {last['filled_total']:,} "
                     f"{specialty} positions in {last['match_year']}; how many applied is not "
                     "published.")  # fmt: skip
    others = catalog.outcomes()
    others = others[others["specialty"] == specialty].groupby("applicant_type").tail(1)
    facts += [
        f"{row.applicant_type}s: {row.matched:,} of {row.total:,} in {row.year} "
        f"({row.measure[0].lower() + row.measure[1:]})."
        for row in others.itertuples()
    ]
    return facts or [f"None about {specialty} and {applicant_type}s."]
