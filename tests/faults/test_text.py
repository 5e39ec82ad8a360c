"""What comes from outside is shown as text: no sign of it is read as Markdown, on any page."""

import json
import random
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest

from benchmarks.fuzz import KINDS
from benchmarks.server import started
from etl.paths import ROOT
from matchatlas.applicant import QUERY_NAMES, Applicant
from matchatlas.plan import Partner, Plan, Scenario, Tutor, save
from matchatlas.road.targets import TargetProgram
from tests.pages.test_pages import PAGES, open_page

PIECES = (
    "[a](//b.example)",
    "![a](b)",
    "[a]: b",
    "[^1]",
    "$x^2$",
    "$$x$$",
    ":material/bolt:",
    ":material_bolt:",
    ":streamlit:",
    ":smile:",
    ":+1:",
    ":red[a]",
    ":blue-badge[a]",
    ":small[a]",
    ":help[a]",
    "https://b.example/c",
    "www.b.example",
    "WWW.b.example",
    "a@b.example",
    "mailto:a@b.example",
    "xmpp:a@b.example",
    "<b>a</b>",
    "<a href='//b.example'>a</a>",
    "<!-- a -->",
    "<//b.example>",
    "<https://b.example>",
    "&amp;",
    "&#42;",
    "&copy",
    "# a",
    "## a",
    "> a",
    "- a",
    "+ a",
    "* a",
    "1. a",
    "1) a",
    "- [ ] a",
    "**a**",
    "__a__",
    "_a_",
    "*a*",
    "~~a~~",
    "~a~",
    "`a`",
    "```a",
    "~~~",
    "---",
    "===",
    "|a|b|",
    "| - | - |",
    "\\\\",
    "\\",
    "\\(",
    "\n",
    "\n\n",
    "\n# ",
    "\n- ",
    "\n===\n",
    "\n    ",
    "\t",
    "  \n",
    "\r",
    "-> ",
    " -> ",
    " <- ",
    " <-> ",
    " -- ",
    " >= ",
    " <= ",
    " ~= ",
    "::",
    ":",
    "a",
    "é",
    "王",
    "$",
    "%",
    "{a}",
    "{{7*7}}",
    "'",
    '"',
    " ",
    "(",
    ")",
    "]",
    "]]",
    "http",
    "//b.example",
    "b.example",
    "+",
    ".",
    "5",
    "J-1",
)
SHOWN = """
import json, sys
sys.path.insert(0, {root!r})
import streamlit as st
from matchatlas.web import ui
for number, text in enumerate(json.load(open({file!r}))):
    with st.container(key=f"plain{{number}}"):
        st.markdown(f"Said: **{{ui.plain(text)}}** so.")
    with st.container(key=f"note{{number}}"):
        ui.small(f"Said: “{{ui.plain(text)}}” so.")
    with st.container(key=f"label{{number}}"):
        st.button(f"Said: {{ui.plain(text)}} so.", key=f"b{{number}}")
"""
READ = """() => Object.fromEntries([...document.querySelectorAll("[class*=st-key-]")].filter(
  at => /st-key-(plain|note|label)/.test(at.className)).map(at => [at.className.match(/st-key-(\\w+)/)[1],
  [at.innerText, at.querySelectorAll("a, img, h1, h2, h3, h4, h5, li, code, pre, table, em, del, hr, blockquote, sup, input,"
  + "[role=img], .katex, .stMarkdownBadge, .stMarkdownColoredText").length]]))"""


def texts() -> list[str]:
    chance = random.Random(20260320)
    mixed = ["".join(chance.choices(PIECES, k=chance.randint(2, 6))) for _ in range(150)]
    return [text for text in (*PIECES, *mixed) if text.strip()]


def as_read(text: str) -> str:
    return " ".join(text.replace("\u2060", "").split())


def test_no_sign_is_read_as_markdown(browser, tmp_path):
    given = texts()
    (tmp_path / "given.json").write_text(json.dumps(given))
    script = tmp_path / "page.py"
    script.write_text(SHOWN.format(root=str(ROOT), file=str(tmp_path / "given.json")))
    with started(script) as address:
        page = browser.new_page()
        page.set_default_timeout(120_000)
        page.goto(address)
        page.locator(f".st-key-label{len(given) - 1} p").wait_for()
        page.wait_for_timeout(1000)
        shown = page.evaluate(READ)
        page.close()
    wrong = []
    for number, text in enumerate(given):
        for kind, words in (("plain", "Said: {} so."), ("note", "Said: “{}” so."), ("label", "Said: {} so.")):
            told, marks = shown[f"{kind}{number}"]
            if as_read(told) != as_read(words.format(as_read(text))) or marks:
                wrong.append((kind, text, told, marks))
    assert wrong == []


# Each holds a word that stands by itself only where its signs were read as what they are not.
SIGNS = (
    "[zqlink](//zq.example)",
    "# zqhead",
    "**zqbold**",
    ":red[zqred]",
    "$zqmath^2$",
    "`zqcode`",
    ":material/bolt:",
    "<b>zqtag</b>",
    "<a href='//zq.example'>zqhref</a>",
    "//zq.example https://zq.example",
    "www.zq.example",
    "zq@zq.example",
    ":streamlit:",
    ":smile:",
    "zq -> zq",
    "zq <br> zq",
    "![zqpic](//zq.example)",
    "~~zqdel~~",
    ":blue-badge[zqbadge]",
    "%{x} zq &lt;b&gt;",
)
TAKEN_FOR_MARKUP = """() => {
  const found = [...document.querySelectorAll("[href*='zq']:not([href^='#']), [src*='zq'], [aria-label='bolt icon'], [alt='Streamlit logo']")]
    .map(at => at.outerHTML.slice(0, 200))
  for (const at of document.querySelectorAll("body *"))
    if (at.matches(".katex") && at.textContent.includes("zq")) found.push(at.outerHTML.slice(0, 200))
    else if (/^zq[a-z]+$/.test(at.textContent.trim())) found.push(at.outerHTML.slice(0, 200))
  return found.concat(document.body.innerText.match(/😄|zq → zq|zq\\n *zq/g) || [])
}"""
WITH_A_PLAN = """
import sys
sys.path.insert(0, {root!r})
import streamlit as st
from matchatlas import plan
from matchatlas.web import session
if "opened_once" not in st.session_state:
    st.session_state["opened_once"] = True
    with open({file!r}, "rb") as file:
        session.open_plan(plan.read(file.read()))
with open({script!r}) as file:
    exec(compile(file.read(), {script!r}, "exec"))
"""


def read_page(page, address: str) -> str:
    """The words of a page once it is done; fails where a sign was read as markup."""
    page.goto(address)
    page.wait_for_selector("h1")
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_timeout(300)
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.evaluate(TAKEN_FOR_MARKUP) == [], address
    return as_read(page.locator("body").inner_text())


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(120_000)
    yield page
    context.close()


def parameters(file: str) -> list[str]:
    """The names of a page's parameters: those of its widgets, and of every profile."""
    widgets = (widget for kind in KINDS for widget in open_page(file).get(kind))
    return sorted({widget.key for widget in widgets if widget.key} | set(QUERY_NAMES.values()))


def hostile_plan() -> Plan:
    person = Applicant(
        applicant_type="US IMG", specialty="Internal Medicine", step2_ck=240, contiguous_ranks=5
    )
    programs = [
        TargetProgram(
            program=f"{number} {sign}",
            specialty="Internal Medicine",
            city=sign,
            state=sign,
            code=f"{number}{sign[:16]}",
            notes=sign,
            visas="J-1",
            contact=sign,
            criteria={sign.replace(":", "")[:40]: 3} if number < 9 else {},
            interview_on="2027-01-12",
            interviewed=True,
            img_percent=10,
        )
        for number, sign in enumerate(SIGNS)
    ]
    programs.append(TargetProgram(program="Elsewhere", specialty=SIGNS[0]))
    return Plan(
        applicant=person,
        client=SIGNS[0],
        applications=40,
        programs=programs,
        scenarios=[
            Scenario(
                name=" ".join(SIGNS[start : start + 5])[:80],
                applicant=person.model_copy(update={"step2_ck": 250 + start}),
            )
            for start in range(0, 20, 5)
        ],
        rank_order=[program.label for program in programs[:-1]],
        done=SIGNS[:10],
        interview_notes={sign: sign for sign in SIGNS} | {"why-program": SIGNS[0]},
        tutor=Tutor(name=SIGNS[1], closing_note="\n\n".join(SIGNS)),
    )


@contextmanager
def served(folder, held: Plan):
    """The app as it is for who opened a plan."""
    (folder / "plan.json").write_bytes(save(held))
    script = folder / "app.py"
    script.write_text(
        WITH_A_PLAN.format(
            root=str(ROOT), file=str(folder / "plan.json"), script=str(ROOT / "matchatlas/web/navigation.py")
        )
    )
    with started(script) as address:
        yield address


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with served(tmp_path_factory.mktemp("plan"), hostile_plan()) as address:
        yield address


@pytest.mark.parametrize("file", PAGES)
def test_neither_a_link_nor_a_plan_says_anything_in_our_name(page, address, file):
    turn = PAGES.index(file)
    asked = [
        (name, SIGNS[(turn + 3 * number + more) % len(SIGNS)])
        for number, name in enumerate(parameters(file))
        for more in range(3)
    ]
    path = "" if file == "start.py" else file.removesuffix(".py")
    words = read_page(page, f"{address}/{path}?{urlencode(asked)}")
    for shut in page.locator(".stMain details:not([open]) > summary").all()[::-1]:
        shut.click()
    if (more := page.get_by_role("button", name="Change your profile")).count():
        more.click()
        page.get_by_text("Applicant type").first.wait_for()
        page.wait_for_timeout(500)
    assert page.evaluate(TAKEN_FOR_MARKUP) == []
    if path in ("programs", "rank_list"):
        words = as_read(page.locator("body").inner_text())
        assert [sign for sign in SIGNS if as_read(sign) not in words] == []


def test_every_sign_in_a_link_is_shown_as_it_is(page, address):
    asked = dict(zip(QUERY_NAMES.values(), SIGNS, strict=False))
    assert len(asked) == len(SIGNS)
    words = read_page(page, f"{address}/?{urlencode(asked)}")
    for sign in SIGNS:
        assert f"“{as_read(sign[:40])}”" in words


def test_a_programs_name_is_text_in_a_chart(page, address):
    read_page(page, f"{address}/rank_list?markets=25")
    page.get_by_role("button", name="Run the Matches").click()
    page.get_by_text("simulated Matches, in").first.wait_for()
    page.locator(".js-plotly-plot .point").first.wait_for()
    assert page.evaluate(TAKEN_FOR_MARKUP) == []
    labels = page.locator(".js-plotly-plot").first.inner_text()
    assert "<b>zqtag</b>" in as_read(labels)


def test_a_partners_programs_are_text_wherever_a_couple_meets_them(page, tmp_path):
    own, theirs = hostile_plan(), hostile_plan()
    partner = Partner(
        applicant_type="US IMG",
        programs=[program.model_copy(update={"position_type": "advanced"}) for program in theirs.programs],
        rank_order=theirs.rank_order,
        supplemental={theirs.rank_order[0]: theirs.rank_order[1:3]},
    )
    pairs = [*zip(own.rank_order, theirs.rank_order, strict=True), (own.rank_order[0], "")]
    couple = own.model_copy(update={"partner": partner, "pairs": tuple(pairs)})
    with served(tmp_path, couple) as address:
        read_page(page, f"{address}/rank_list?markets=20")
        for shut in page.locator(".stMain details:not([open]) > summary").all()[::-1]:
            shut.click()
        page.get_by_role("button", name="Run the Matches").click()
        page.get_by_text("Both matched in").first.wait_for()
        assert page.evaluate(TAKEN_FOR_MARKUP) == []
        assert page.locator("[data-testid=stException]").count() == 0


def test_a_specialty_that_nobody_knows_is_told_as_it_is_written(page, tmp_path):
    odd = TargetProgram(program=SIGNS[1], specialty=" ".join(SIGNS[:4]))
    changes = {"programs": (odd,), "rank_order": (odd.label,)}
    with served(tmp_path, hostile_plan().model_copy(update=changes)) as address:
        read_page(page, f"{address}/rank_list?markets=25")
        if (run := page.get_by_role("button", name="Run the Matches")).count():
            run.click()
            page.wait_for_timeout(2000)
        assert page.evaluate(TAKEN_FOR_MARKUP) == []
        assert page.locator("[data-testid=stException]").count() == 0
