"""A couple's plan in the browser: opened, paired, sorted, kept on the device, and run."""

import re
from contextlib import suppress

from playwright.sync_api import TimeoutError

from matchatlas.applicant import Applicant
from matchatlas.plan import Partner, Plan, save
from matchatlas.road.targets import TargetProgram
from tests.browser.test_browser import page, visit  # noqa: F401


def programs(specialty: str) -> tuple[TargetProgram, ...]:
    return tuple(TargetProgram(program=f"{specialty} {n}", specialty=specialty) for n in range(3))


def ranked(those: tuple[TargetProgram, ...]) -> dict:
    return {"programs": those, "rank_order": [program.label for program in those]}


def done(page) -> None:  # noqa: F811
    page.wait_for_timeout(300)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def pick(box, option) -> None:
    """Open the list until the option is there: what is drawn anew meanwhile closes it."""
    for _ in range(20):
        box.click()
        with suppress(TimeoutError):
            option.click(timeout=3000)
            return
    raise AssertionError("the option never came")


def test_a_couples_plan_is_opened_sorted_kept_and_run(page, server):  # noqa: F811
    partner = Partner(applicant_type="US DO Senior", **ranked(programs("Pediatrics")))
    me = Applicant(applicant_type="US IMG", specialty="Psychiatry")
    plan = save(Plan(id="one", applicant=me, partner=partner, **ranked(programs("Psychiatry"))))
    visit(page, f"{server}/rank_list?markets=20")
    page.get_by_role("button", name="Save or open your plan").click()
    page.locator("input[type=file]").first.set_input_files(
        {"name": "plan.json", "mimeType": "application/json", "buffer": plan}
    )
    page.get_by_text("The plan is open.").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Make the pairs").click()
    done(page)
    picked = page.get_by_role("combobox", name="Move pair")
    pick(picked, page.get_by_role("option", name=re.compile(r"^5\. ")))
    done(page)
    fifth = picked.input_value().partition(". ")[2]
    for place in ("2", "3"):  # pressed again it moves the same pair on
        page.get_by_role("spinbutton", name="to place").fill(place)
        page.get_by_role("spinbutton", name="to place").press("Enter")
        done(page)
        page.get_by_role("button", name="Move it").click()
        done(page)
        assert picked.input_value() == f"{place}. {fifth}"
    page.reload()
    page.get_by_role("button", name="Make the pairs anew").wait_for()
    done(page)
    pick(picked, page.get_by_role("option", name=f"3. {fifth}"))
    done(page)
    page.get_by_role("button", name="Run the Matches").click()
    title = page.get_by_role("heading", name=re.compile(r"Both matched in \d+ of 20 simulated Matches"))
    title.wait_for(timeout=180_000)  # the national Matches are played first
    page.locator(".js-plotly-plot").first.wait_for()
    assert page.locator("[data-testid=stException]").count() == 0
