"""What comes from outside is shown as text: no sign of it is read as Markdown, on any page."""

import json
import random

import pytest

from benchmarks.server import started
from etl.paths import ROOT

PIECES = (
    "[a](//b.example)", "![a](b)", "[a]: b", "[^1]", "$x^2$", "$$x$$", ":material/bolt:", ":material_bolt:",
    ":streamlit:", ":smile:", ":+1:", ":red[a]", ":blue-badge[a]", ":small[a]", ":help[a]", "https://b.example/c", "www.b.example",
    "WWW.b.example", "a@b.example", "mailto:a@b.example", "xmpp:a@b.example", "<b>a</b>", "<a href='//b.example'>a</a>",
    "<!-- a -->", "<//b.example>", "<https://b.example>", "&amp;", "&#42;", "&copy", "# a", "## a", "> a", "- a", "+ a", "* a", "1. a", "1) a",
    "- [ ] a", "**a**", "__a__", "_a_", "*a*", "~~a~~", "~a~", "`a`", "```a", "~~~", "---", "===", "|a|b|", "| - | - |",
    "\\\\", "\\", "\\(", "\n", "\n\n", "\n# ", "\n- ", "\n===\n", "\n    ", "\t", "  \n", "\r", "-> ", " -> ", " <- ", " <-> ",
    " -- ", " >= ", " <= ", " ~= ", "::", ":", "a", "é", "王", "$", "%", "{a}", "{{7*7}}", "'", '"', " ", "(", ")", "]", "]]",
    "http", "//b.example", "b.example", "+", ".", "5", "J-1",
)  # fmt: skip
SHOWN = """
import json, sys
sys.path.insert(0, {root!r})
import streamlit as st
from matchatlas import ui
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
