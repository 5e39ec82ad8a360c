"""The plan on the person's own device, in a real browser: what is kept, found again, and forgotten."""

import json
import os
import signal

import pytest

from benchmarks.server import free_port, start, wait_until_ready
from etl.paths import ROOT
from tests.browser.test_keeping import idle

STORED = "localStorage.getItem('match-atlas plan')"
SET_ASIDE = "localStorage.getItem('match-atlas set aside')"
PLAN = {
    "schema_version": 3,
    "id": "a" * 32,
    "applicant": {"applicant_type": "US IMG", "specialty": "Psychiatry", "step2_ck": 245, "us_letters": 3},
}


@pytest.fixture
def device(browser):
    """One person's browser: its tabs share a storage."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True)
    context.set_default_timeout(60_000)
    yield context
    context.close()


def tab(device, address: str):
    page = device.new_page()
    page.goto(address)
    page.wait_for_selector("h1")
    idle(page)
    return page


def kept(page) -> dict | None:
    return json.loads(page.evaluate(STORED) or "null")


def put(page, plan) -> None:
    text = plan if isinstance(plan, str) else json.dumps(plan)
    page.evaluate("text => localStorage.setItem('match-atlas plan', text)", text)


def score(page, value: int) -> None:
    page.get_by_role("button", name="Change your profile").first.click()
    page.get_by_label("Step 2 CK", exact=True).fill(str(value))
    page.get_by_label("Step 2 CK", exact=True).press("Enter")
    page.keyboard.press("Escape")
    shows(page, f"Step 2 CK {value}")


def shows(page, words: str) -> None:
    page.get_by_text(words).first.wait_for()
    idle(page)


def waits(page, condition: str) -> None:
    page.wait_for_function(condition)


def test_a_plan_is_found_again_on_the_next_visit_whole(device, server):
    page = tab(device, f"{server}/readiness")
    assert kept(page) is None, "who enters nothing leaves nothing"
    score(page, 245)
    waits(page, f"({STORED} || '').includes('245')")
    page.goto(f"{server}/data")
    page.wait_for_selector("h1")
    page.goto(f"{server}/readiness")
    shows(page, "Step 2 CK 245")
    page.close()
    other = tab(device, f"{server}/costs")
    shows(other, "Step 2 CK 245")
    assert kept(other)["applicant"]["step2_ck"] == 245


def test_the_last_change_in_any_tab_counts_and_is_told_and_can_be_undone(device, server):
    here, there = (tab(device, f"{server}/readiness") for _ in range(2))
    score(here, 245)
    shows(there, "Step 2 CK 245")
    score(there, 251)
    here.get_by_text("changed in another tab").first.wait_for()
    shows(here, "Step 2 CK 251")
    here.get_by_role("button", name="Undo").click()
    shows(here, "Step 2 CK 245")
    shows(there, "Step 2 CK 245")
    assert kept(here)["applicant"] == {
        "applicant_type": "Non-US IMG",
        "step2_ck": 245,
        "specialty": "Internal Medicine",
    }


def test_a_link_goes_before_the_kept_plan_and_takes_nothing_else_of_it(device, server):
    page = tab(device, server)
    put(page, PLAN)
    page.goto(f"{server}/readiness?ck=260")
    shows(page, "US IMG, Psychiatry, Step 2 CK 260")
    page.get_by_text("Undo” brings yours back").wait_for()
    assert kept(page)["applicant"]["us_letters"] == 3
    page.get_by_role("button", name="Undo").click()
    shows(page, "US IMG, Psychiatry, Step 2 CK 245")


def test_a_plan_of_an_older_version_is_migrated(device, server):
    page = tab(device, server)
    put(page, {"schema_version": 1, **PLAN["applicant"]})
    page.goto(f"{server}/readiness")
    shows(page, "US IMG, Psychiatry, Step 2 CK 245")


@pytest.mark.parametrize(
    "spoilt", ["{cut <img src=x onerror=alert(1)>", '{"schema_version": 99}', "null", "x" * 1_100_000]
)
def test_what_cannot_be_read_is_set_aside_and_told(device, server, spoilt):
    page = tab(device, server)
    put(page, spoilt)
    page.goto(f"{server}/readiness")
    page.get_by_text("cannot be read, and was set aside").wait_for()
    assert page.evaluate(SET_ASIDE) == spoilt
    assert page.locator(".stMain img[src=x]").count() == 0
    score(page, 233)
    waits(page, f"({STORED} || '').includes('233')")


@pytest.mark.parametrize(
    ("error", "reason"), [("QuotaExceededError", "its storage is full"), ("SecurityError", "does not allow")]
)
def test_a_full_or_blocked_storage_is_told_and_the_file_offered(device, server, error, reason):
    device.add_init_script(f"Storage.prototype.setItem = () => {{ throw new DOMException('', '{error}') }}")
    page = tab(device, f"{server}/readiness")
    score(page, 245)
    page.get_by_text(reason).wait_for()
    with page.expect_download() as coming:
        page.locator(".stMain").get_by_role("button", name="Save the plan").first.click()
    assert json.loads(coming.value.path().read_bytes())["applicant"]["step2_ck"] == 245


def test_everything_is_forgotten_in_every_tab(device, server):
    here, there = (tab(device, f"{server}/readiness") for _ in range(2))
    score(here, 245)
    shows(there, "Step 2 CK 245")
    here.get_by_role("button", name="Save or open your plan").click()
    here.get_by_role("button", name="Forget everything on this device").click()
    here.get_by_role("dialog").get_by_role("button", name="Forget everything", exact=True).click()
    waits(here, f"{STORED} === null")
    for page in (here, there):
        page.get_by_text("Step 2 CK 245").wait_for(state="detached")
        idle(page)
        assert "245" not in page.url
    assert kept(here) is None


def test_a_consultation_keeps_nothing_of_a_client_on_any_page_of_its_tab(device, server):
    page = tab(device, f"{server}/consultation")
    page.get_by_label("Client's name").fill("Amal Haddad")
    page.get_by_label("Client's name").press("Tab")
    idle(page)
    page.goto(f"{server}/readiness")
    page.get_by_text("nothing of the client is kept").wait_for()
    score(page, 245)
    stored = page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    assert "Haddad" not in stored and "245" not in stored
    page.get_by_role("button", name="This is my own plan").click()
    waits(page, f"({STORED} || '').includes('245')")


def test_a_consultation_leaves_ones_own_plan_as_it_was(device, server):
    page = tab(device, server)
    put(page, PLAN)
    page.goto(f"{server}/consultation")
    page.get_by_text("nothing of the client is kept").wait_for()
    page.get_by_label("Client's name").fill("Amal Haddad")
    page.get_by_label("Client's name").press("Tab")
    idle(page)
    assert kept(page) == PLAN


def test_a_server_that_ends_and_starts_again_costs_nothing(device):
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    process = start(ROOT / "app.py", port)
    try:
        wait_until_ready(process, address)
        page = tab(device, f"{address}/readiness?ck=240")
        score(page, 245)
        waits(page, f"({STORED} || '').includes('245')")
        os.kill(process.pid, signal.SIGKILL)
        process.wait(20)
        process = start(ROOT / "app.py", port)
        wait_until_ready(process, address)
        page.locator("[data-test-connection-state=CONNECTED]").wait_for()
        page.wait_for_timeout(1000)
        idle(page)
        shows(page, "Step 2 CK 245")
        score(page, 251)
        waits(page, f"({STORED} || '').includes('251')")
        page.reload()
        shows(page, "Step 2 CK 251")
    finally:
        process.kill()
        process.wait(20)


def test_two_browsers_never_see_each_others_plan(browser, server):
    people = [browser.new_context(bypass_csp=True) for _ in range(2)]
    pages = [tab(context, f"{server}/readiness") for context in people]
    score(pages[0], 245)
    pages[1].reload()
    pages[1].wait_for_selector("h1")
    idle(pages[1])
    assert kept(pages[1]) is None
    assert pages[1].get_by_text("Step 2 CK 245").count() == 0
    for context in people:
        context.close()


def test_an_example_leaves_the_own_plan_alone_on_the_device_and_in_the_address(device, server):
    page = tab(device, server)
    put(page, PLAN)
    page.goto(f"{server}/programs")
    shows(page, "US IMG, Psychiatry, Step 2 CK 245")
    page.get_by_role("button", name="Try it with an example person").click()
    shows(page, "An example, and nobody's plan")
    shows(page, "Non-US IMG, Internal Medicine, Step 2 CK 243")
    assert "?" not in page.url
    assert kept(page)["id"] == PLAN["id"]
    page.get_by_role("button", name="Back to my own plan").click()
    shows(page, "US IMG, Psychiatry, Step 2 CK 245")
    assert kept(page)["applicant"] == PLAN["applicant"]
    page.get_by_role("button", name="Try it with an example person").click()
    shows(page, "An example, and nobody's plan")
    page.reload()
    shows(page, "US IMG, Psychiatry, Step 2 CK 245")
