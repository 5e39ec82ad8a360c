"""The target list and the interview notes in a real browser: written, saved, opened elsewhere."""

import json

from playwright.sync_api import expect

from tests.browser.test_browser import visit

PROFILE = "type=Non-US+IMG&ck=240&visa=J-1"
NOTE = "A clinic, a flood, and a question"


def go(page, name: str) -> None:
    """Open a page of the road through the navigation, as a reload would begin a new visit."""
    page.get_by_text("Apply", exact=True).click()
    page.get_by_text(name, exact=True).last.click()
    page.get_by_role("heading", name=name, level=1).wait_for()


def saved(page) -> bytes:
    page.get_by_role("button", name="Save or open your plan").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the plan").click()
    page.keyboard.press("Escape")
    return download.value.path().read_bytes()


def write_a_plan(page, server) -> bytes:
    visit(page, f"{server}/programs?{PROFILE}")
    page.get_by_role("button", name="Type a program in").click()
    page.get_by_label("Program", exact=True).fill("County Hospital")
    page.get_by_role("spinbutton", name="Its Step 2 CK cutoff").fill("250")
    page.get_by_role("button", name="Add to the list").click()
    page.get_by_text("below its score cutoff of 250").wait_for()
    page.keyboard.press("Escape")
    go(page, "Interviews")
    page.get_by_role("button", name="Next question").click()
    page.get_by_role("heading", name="Why our program, specifically?").wait_for()
    assert "question=Why" in page.url
    page.locator(".st-key-card-why-program textarea").fill(NOTE)
    page.get_by_role("textbox", name="Your notes").blur()
    page.get_by_text("Notes on 1 of").wait_for()
    return saved(page)


def test_a_plan_saved_here_is_the_same_in_another_browser(browser, server):
    contexts = [browser.new_context(viewport={"width": 1440, "height": 1000}) for _ in range(2)]
    here, there = (context.new_page() for context in contexts)
    content = write_a_plan(here, server)
    plan = json.loads(content)
    assert plan["programs"][0]["program"] == "County Hospital"
    assert plan["interview_notes"] == {"why-program": NOTE}

    visit(there, f"{server}/interviews?question=Why+our+program%2C+specifically%3F")
    assert there.get_by_role("textbox", name="Your notes").input_value() == ""
    there.get_by_role("button", name="Save or open your plan").click()
    there.locator("input[type=file]").set_input_files(
        {"name": "plan.json", "mimeType": "application/json", "buffer": content}
    )
    there.get_by_text("The plan is open.").wait_for()
    there.keyboard.press("Escape")
    expect(there.get_by_role("textbox", name="Your notes")).to_have_value(NOTE, timeout=60_000)
    go(there, "Programs")
    there.get_by_text("below its score cutoff of 250").wait_for()
    assert json.loads(saved(there)) == plan
    for context in contexts:
        context.close()
