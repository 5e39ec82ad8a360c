"""A plan handed over by link or QR code, in a real browser."""

import json

import pytest

from matchatlas.plan import read
from matchatlas.plan_link import for_reading, packed
from tests.browser.test_device import PLAN, SET_ASIDE, kept, put, shows, tab, waits
from tests.browser.test_device import device as device  # the fixture

THEIRS = packed(
    read(
        json.dumps(
            PLAN
            | {
                "id": "b" * 32,
                "applicant": {
                    "applicant_type": "US DO Senior",
                    "specialty": "Family Medicine",
                    "step2_ck": 233,
                },
            }
        ).encode()
    )
)


def test_a_plan_goes_from_one_browser_to_another_and_no_request_carries_it(device, browser, server):
    here = tab(device, f"{server}/readiness?type=US+IMG&specialty=Psychiatry&ck=245")
    here.get_by_role("button", name="Save or open your plan").click()
    here.get_by_role("button", name="Take it to another device").click()
    here.get_by_role("img", name="QR code of your plan").wait_for()
    link = here.get_by_test_id("stPopoverBody").locator("code").inner_text().strip()
    assert link.startswith(f"{server}/readiness#plan=")
    other, asked = browser.new_context(bypass_csp=True), []
    other.set_default_timeout(60_000)
    other.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    there = tab(other, link)
    there.get_by_role("button", name="Open the link's plan").click()
    shows(there, "US IMG, Psychiatry, Step 2 CK 245")
    assert "#" not in there.url
    assert not any(link[-40:] in told for told in asked)
    other.close()


def test_a_link_asks_before_it_replaces_the_plan_there_is_and_is_undone(device, server):
    page = tab(device, server)
    put(page, PLAN)
    page.goto(f"{server}/readiness#plan={THEIRS}")
    page.get_by_text("This link brings a plan: US DO Senior, Family Medicine").wait_for()
    shows(page, "US IMG, Psychiatry, Step 2 CK 245")
    page.get_by_role("button", name="Open the link's plan").click()
    shows(page, "US DO Senior, Family Medicine, Step 2 CK 233")
    waits(page, "(localStorage.getItem('match-atlas plan') || '').includes('233')")
    page.get_by_role("button", name="Undo").click()
    shows(page, "US IMG, Psychiatry, Step 2 CK 245")


def test_a_client_reads_a_consultation_by_its_link_and_keeps_their_own_plan(device, browser, server):
    plan = read(
        json.dumps(
            PLAN
            | {
                "client": "Maria Example",
                "tutor": {"name": "Dr. Guide", "closing_note": "Four more interviews first."},
                "scenarios": [
                    {"name": "Ten points more", "applicant": PLAN["applicant"] | {"step2_ck": 255}}
                ],
                "interview_notes": {"why-program": "a secret"},
            }
        ).encode()
    )
    prepared = for_reading(plan, named=False)
    assert prepared.client == "" and not prepared.programs and not prepared.interview_notes
    assert for_reading(plan, named=True).client == "Maria Example"

    page = tab(device, f"{server}/readiness")
    put(page, PLAN | {"applicant": PLAN["applicant"] | {"step2_ck": 231}})
    page.goto(f"{server}/#read={packed(prepared)}")
    page.get_by_role("button", name="Read it").click()
    page.get_by_text("Prepared by a tutor, for you to read").wait_for()
    page.get_by_text("Ten points more").first.wait_for()
    page.get_by_text("Four more interviews first.").wait_for()
    page.get_by_text("Prepared by Dr. Guide.").wait_for()
    assert page.get_by_role("button", name="New client").count() == 0
    assert page.get_by_text("Maria Example").count() == 0
    page.get_by_role("button", name="Back to my own plan").click()
    page.get_by_text("Prepared by a tutor").wait_for(state="detached")
    page.get_by_role("heading", name="Your way to the Match").wait_for()
    page.goto(f"{server}/readiness")
    shows(page, "US IMG, Psychiatry, Step 2 CK 231")


@pytest.mark.parametrize("text", ["", "x", THEIRS[:-9], "%00<img src=x>", "A" * 60_000])
def test_a_spoilt_link_is_told_and_changes_nothing(device, server, text):
    page = tab(device, server)
    put(page, PLAN)
    page.goto(f"{server}/readiness#plan={text}")
    page.get_by_text("The link's plan cannot be opened").wait_for()
    shows(page, "US IMG, Psychiatry, Step 2 CK 245")
    assert kept(page)["applicant"] == PLAN["applicant"] and page.evaluate(SET_ASIDE) is None
