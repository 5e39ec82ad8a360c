"""A name in any script that applicants write is set as it is written, and never stops a report."""

import unicodedata
from datetime import date
from io import BytesIO

import pdfplumber
import pytest

from matchatlas.applicant import Applicant
from matchatlas.odds.estimator import EstimatorTables, fit
from matchatlas.plan import Plan, Scenario, Tutor
from matchatlas.report import html, pdf
from matchatlas.report.build import build
from matchatlas.report.figures import shortened

PROFILE = Applicant(
    applicant_type="Non-US IMG", specialty="Internal Medicine", step2_ck=245, contiguous_ranks=6
)
# Made-up names, with the marks, conjuncts and joiners that make shaping hard.
NAMES = {
    "Latin": "Nguyễn Thị Ánh, Ọládélé, Żółć, Şükrü Iğdır",
    "Latin, decomposed": unicodedata.normalize("NFD", "Nguyễn Ẹ̀jẹ́ Ñuñez"),
    "Arabic": "محمد عبد الله",
    "Arabic with vowel signs": "مُحَمَّدٌ عَبْدُ اللّٰهِ",
    "Urdu": "ڈاکٹر ٹیپو گھوش ےۓ",
    "Persian": "پروین ژاله می\u200cخواهم",
    "Devanagari": "प्रिया शर्मा कृष्ण ट्रैक",
    "Bengali": "শ্রীমতী রহমান",
    "Gujarati": "પ્રિયા પટેલ શ્રી",
    "Gurmukhi": "ਪ੍ਰੀਤ ਸਿੰਘ",
    "Odia": "ପ୍ରିୟା ଶ୍ରୀ",
    "Tamil": "தமிழ்ச்செல்வன் ஸ்ரீ",
    "Telugu": "శ్రీనివాస రావు",
    "Kannada": "ಶ್ರೀನಿವಾಸ",
    "Malayalam": "ശ്രീകുമാർ",
    "Sinhala": "ශ්‍රී ප්‍රියන්ත",
    "Thai": "สมชาย น้ำ ที่ปรึกษา",
    "Lao": "ສົມຊາຍ",
    "Khmer": "សុខា ស្រី",
    "Myanmar": "မောင်မောင် ကျော်",
    "Ethiopic": "አበበ በቀለ",
    "Georgian": "გიორგი",
    "Armenian": "Արմեն",
    "Hebrew with points": "שָׂרָה כֹּהֵן",
    "Cyrillic": "Ёлкін Їжак Ғани",
    "Greek": "Ἀθηνᾶ Γιώργος",
    "Chinese": "王小明",
    "Japanese": "やまだ タロウ",
    "Korean": "김민수",
    "Right-to-left mark": "\u200fعلي\u200f (Ali)",
}


@pytest.fixture(scope="module")
def content_of(catalog):
    model = fit(EstimatorTables.of(catalog))
    return lambda plan: build(plan, model, catalog, 2028, date.today())


def plan_of(name: str) -> Plan:
    other = PROFILE.model_copy(update={"step2_ck": 250})
    return Plan(
        applicant=PROFILE,
        client=name,
        scenarios=[Scenario(name=name, applicant=other)],
        tutor=Tutor(name=name, closing_note=name),
    )


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_in_its_own_script_stands_in_the_report(content_of, name):
    content = content_of(plan_of(name))
    document = pdf.render(content)
    with pdfplumber.open(BytesIO(document)) as opened:
        assert opened.doc.catalog["MarkInfo"], "the accessible report, which has no missing glyph"
        signs = [char for page in opened.pages for char in page.chars]
    text = "".join(sign["text"] for sign in signs)
    assert "no glyph" not in text
    # The reader of this test knows one letter a glyph, and scripts have glyphs that letters share.
    letters = {sign for sign in name if sign.isalpha()}
    assert len(letters & set(text + unicodedata.normalize("NFC", text))) > len(letters) / 2
    assert name in html.render(content).decode()


def test_a_sign_without_glyph_is_said_wherever_it_stands(content_of):
    for part in (
        {"client": "A ߒ"},
        {"scenarios": plan_of("ߒߞߏ").scenarios},
        {"tutor": Tutor(closing_note="A \ue000")},
    ):
        content = content_of(Plan(applicant=PROFILE, **part))
        with pdfplumber.open(BytesIO(pdf.render(content))) as opened:
            assert "has no glyph" in " ".join(page.extract_text() for page in opened.pages)


@pytest.mark.parametrize("name", [*NAMES.values(), "👩‍⚕️" * 20, "é" * 40, "x" * 40])
def test_a_name_is_never_cut_within_a_letter(name):
    long = f"{name} " * 6
    cut = shortened(long, 25)
    assert cut.endswith("…") and len(cut) > 5
    kept, rest = cut[:-1], long[len(cut) - 1 :].lstrip()
    assert long.startswith(kept)
    assert unicodedata.category(rest[0])[0] != "M" and "\u200d" not in (kept[-1], rest[0])
    assert shortened("Short", 25) == "Short"
