"""The plan's single values: each under the short name it has in a link, read with care, written alike.

The widgets that hold these values in a page have the same names as keys, so that a page, a link and
the plan always speak of the same thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from matchatlas.applicant import FIELD_NAMES, QUERY_NAMES, Applicant
from matchatlas.plan import COST_PLANS, Plan
from matchatlas.report.consultation import carry_over
from matchatlas.road.costs import ITEMS
from matchatlas.road.milestones import PLANNED

UNKNOWN = "unknown"
YES_NO = {UNKNOWN: None, "yes": True, "no": False}
WEEKS = {code: f"weeks_{code}" for code in PLANNED}
OWN_COSTS = {code: f"usd_{code}" for code in ITEMS}
START, STAGE = "from", "now"
KEYS = (*QUERY_NAMES.values(), *WEEKS.values(), *OWN_COSTS.values(), START, STAGE)
_DICTS = {key: ("weeks", code) for code, key in WEEKS.items()} | {
    key: ("own_costs", code) for code, key in OWN_COSTS.items()
}
_PROPERTIES = Applicant.model_json_schema()["properties"]
# Fields that a select box holds, which has a word for unknown.
CHOSEN = {"visa_need", "step1_first_attempt_pass", "ecfmg_certified"}
SPECIALTIES = {QUERY_NAMES["specialty"], QUERY_NAMES["second_specialty"]}
MOST_SHOWN = 40  # characters of a link's value that a note quotes
# Costs' application plans: how many, the specialties of each, how many programs of a specialty.
COUNT_OF_PLANS = "plans"
_COST_KEY = re.compile(r"plans|plan(\d)|n(\d) (.{1,200})")


def values(plan: Plan) -> dict[str, Any]:
    """What the widgets hold where this plan is open, by key; None: empty."""
    found = {key: _shown(plan.applicant, name) for name, key in QUERY_NAMES.items()}
    for key, (part, code) in _DICTS.items():
        found[key] = getattr(plan, part).get(code)
    return found | {START: plan.start, STAGE: plan.stage}


def _shown(person: Applicant, name: str) -> Any:
    value = getattr(person, name)
    if name in CHOSEN and not isinstance(value, str):
        return next(word for word, meant in YES_NO.items() if meant is value)
    return value


def changed(plan: Plan, key: str, value: Any) -> Plan:
    """The plan with the value under `key`, as a widget or a link gives it, in place of its own.

    Scenarios keep what they have in common with the profile. Raises pydantic.ValidationError for a
    value that the plan may not hold.
    """
    if key in FIELD_NAMES:
        name = FIELD_NAMES[key]
        known = YES_NO.get(value, value) if name in CHOSEN and isinstance(value, str) else value
        person = Applicant(**dict(plan.applicant) | {name: known})
        scenarios = carry_over(plan.scenarios, plan.applicant, person)
        return Plan(**dict(plan) | {"applicant": person, "scenarios": scenarios})
    if key in (START, STAGE):
        return Plan(**dict(plan) | {"start" if key == START else "stage": value})
    part, code = _DICTS[key]
    held = {name: number for name, number in getattr(plan, part).items() if name != code}
    return Plan(**dict(plan) | {part: held if value is None else held | {code: value}})


def to_query(plan: Plan, default: Plan, keys: Iterable[str]) -> dict[str, str | list[str]]:
    """The values under `keys` as parameters of an address; what is as in `default` is left out."""
    given, usual = values(plan), values(default)
    query: dict[str, str | list[str]] = {
        key: str(given[key])
        for key in keys
        if key in given and given[key] is not None and given[key] != usual[key]
    }
    if COUNT_OF_PLANS in keys and plan.cost_plans:
        query[COUNT_OF_PLANS] = str(len(plan.cost_plans))
        for number, counts in enumerate(plan.cost_plans, 1):
            query[f"plan{number}"] = list(counts)
            query |= {f"n{number} {name}": str(n) for name, n in counts.items() if n is not None}
    return query


def of_costs(key: str) -> bool:
    """Whether a parameter tells of Costs' application plans."""
    return bool(_COST_KEY.fullmatch(key))


def from_query(
    plan: Plan, query: Mapping[str, list[str]], specialties: Iterable[str]
) -> tuple[Plan, list[str]]:
    """The plan with what an address says of it, and a note for each value that cannot be.

    What the address does not say stays as it is; specialties: the known ones.
    """
    notes, known = [], set(specialties)
    for key in KEYS:
        text = query.get(key, [""])[-1]
        if not text or text == UNKNOWN:
            continue
        try:
            if key in SPECIALTIES and text not in known:
                raise ValueError
            plan = changed(plan, key, text)
        except ValueError:  # pydantic's is one
            notes.append(
                f"The link asked for “{text[:MOST_SHOWN]}” as {_label(key)}, {_reason(key)}; it is left out."
            )
    if costs := {key: texts for key, texts in query.items() if of_costs(key)}:
        try:
            plan = Plan(**dict(plan) | {"cost_plans": _cost_plans(plan, costs, known)})
        except ValueError:
            notes.append("The link's application plans are not to be had here; they are left out.")
    return plan, notes


def _label(key: str) -> str:
    name = "where you are now" if key == STAGE else FIELD_NAMES.get(key) or key
    return name.replace("_", " ").replace("step2 ck", "Step 2 CK").replace("step1", "Step 1")


def _reason(key: str) -> str:
    told = _PROPERTIES.get(FIELD_NAMES.get(key, ""), {})
    if "minimum" in told:
        return f"which is no number from {told['minimum']} to {told['maximum']}"
    return "which is not to be had here"


def _of_plan(key: str) -> tuple[str | None, str | None, str | None]:
    """Which plan a parameter lists specialties of; which one it has a number for, of what specialty."""
    named = _COST_KEY.fullmatch(key)
    return (named[1], named[2], named[3]) if named else (None, None, None)


def _cost_plans(plan: Plan, query: Mapping[str, list[str]], known: set[str]) -> list[dict]:
    """Raises ValueError for what no plan of applications can be."""
    count = int(query.get(COUNT_OF_PLANS, [str(max(1, len(plan.cost_plans)))])[-1])
    if not 1 <= count <= COST_PLANS:
        raise ValueError("too many plans")
    found = [dict(counts) for counts in plan.cost_plans[:count]] or [{plan.applicant.specialty: None}]
    found += [{} for _ in range(count - len(found))]
    for key, texts in query.items():
        listed, number, _ = _of_plan(key)
        place = int(listed or number or 1) - 1
        if key != COUNT_OF_PLANS and not 0 <= place < count:
            raise ValueError("a plan beyond the last")
        if listed:
            if unknown := set(filter(None, texts)) - known:
                raise ValueError(f"unknown: {unknown}")
            found[place] = {name: found[place].get(name) for name in texts if name}
    for key, texts in query.items():
        _, number, specialty = _of_plan(key)
        if number and texts[-1]:
            if specialty not in found[int(number) - 1]:
                raise ValueError("a number for a specialty that is not in its plan")
            found[int(number) - 1][specialty] = int(texts[-1])
    return found
