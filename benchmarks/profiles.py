"""Twenty profiles, each with what the former model said of it, for docs/reference/profiles.md."""

from matchatlas.applicant import Applicant
from matchatlas.odds.estimator import LABELS, Model, NoEstimate

N, US, MD, DO = "Non-US IMG", "US IMG", "US MD Senior", "US DO Senior"
IM, OB = "Internal Medicine", "Obstetrics and Gynecology"
MEANS = {
    "step2_ck": 246,
    "specialties_ranked": 1,
    "research_experiences": 4,
    "publications": 5,
    "work_experiences": 4,
    "volunteer_experiences": 3,
}
# type, specialty, profile, the former model's estimate (measured on its own tables), what to hold it against
PROFILES = (
    (
        N,
        IM,
        {"step2_ck": 250, "contiguous_ranks": 8},
        "68 % (51 to 84)",
        "Matched ranked 6.1 on average, unmatched 2.5: 8 ranks stand well above the base; 250 is the matched mean.",
    ),
    (
        N,
        IM,
        {"step2_ck": 230, "contiguous_ranks": 1},
        "18 % (8 to 33)",
        "One rank and a score of the lowest quarter.",
    ),
    (
        N,
        "Family Medicine",
        {"step2_ck": 250, "contiguous_ranks": 3},
        "64 % (46 to 80)",
        "No gain for the score: the unmatched had the higher mean. Matched ranked 5.4, unmatched 1.9.",
    ),
    (
        N,
        "Pediatrics",
        {"step2_ck": 240},
        "65 % (53 to 76)",
        "Near the group's mean score: near the base rate.",
    ),
    (
        N,
        "General Surgery",
        {"step2_ck": 255, "contiguous_ranks": 5},
        "47 % (29 to 68)",
        "Five ranks are a long list here (matched 3.7 on average, unmatched 2.2).",
    ),
    (
        N,
        "Dermatology",
        {"step2_ck": 265},
        "27 % (12 to 48)",
        "Thirty people in all: most is borrowed, and the interval says it.",
    ),
    (
        MD,
        "Dermatology",
        {"step2_ck": 245, "contiguous_ranks": 4},
        "66 % (41 to 84)",
        "Below the median of the unmatched (252), and a short list.",
    ),
    (
        MD,
        IM,
        {"step2_ck": 251},
        "96 % (85 to 99)",
        "Nearly everyone matches, and the rate was quiet for years.",
    ),
    (
        DO,
        "Orthopaedic Surgery",
        {"step2_ck": 250},
        "42 % (29 to 55)",
        "No table tells DO seniors' scores by outcome: the score is not in the number.",
    ),
    (
        US,
        "Psychiatry",
        {"step2_ck": 245, "contiguous_ranks": 6},
        "68 % (48 to 84)",
        "Derived rate; no figures of U.S. IMGs' own for score and ranks.",
    ),
    (N, IM, {"contiguous_ranks": 12}, "76 % (58 to 89)", "Twelve ranks alone ..."),
    (
        N,
        IM,
        {"contiguous_ranks": 12} | MEANS,
        "61 % (45 to 83)",
        "... and with all else at the group's mean: the same.",
    ),
    (N, IM, {"contiguous_ranks": 1} | MEANS, "37 % (17 to 52)", "One rank, all else at the mean."),
    (
        MD,
        "Dermatology",
        {"contiguous_ranks": 9},
        "77 % (57 to 91)",
        "Nine ranks are about the usual list of today.",
    ),
    (US, IM, {"contiguous_ranks": 3}, "42 % (18 to 72)", "Stood below the non-US IMG of the next row."),
    (
        N,
        IM,
        {"contiguous_ranks": 3},
        "51 % (31 to 72)",
        "Three ranks lie between the means of matched and unmatched.",
    ),
    (DO, OB, {"step2_ck": 248}, "59 % (40 to 77)", "Published 68 % for the group."),
    (
        MD,
        "Anesthesiology",
        {"step2_ck": 239},
        "79 % (63 to 90)",
        "The median of those who did not match; 81 % of those with 230 to 239 matched in 2020 to 2024.",
    ),
    (DO, "Emergency Medicine", {}, "85 % (69 to 95)", "Published 96 %."),
    (MD, IM, {"step2_ck": 200}, "75 % (43 to 95)", "A failing score is refused."),
)


def as_markdown(model: Model) -> str:
    """docs/reference/profiles.md: every profile with its estimate, before and after."""
    lines = [
        "# Twenty profiles, held against the published rates",
        "",
        f"Estimate: center and 95 % interval of the rate for the {model.match_year} Match. Base and steps: the "
        "waterfall, in points. Former: what the model before this one said. Made with the calibration table "
        "of the README (`python -m benchmarks.calibration --write`); the profiles can be opened on the What-if page.",
        "",
        "| applicant type | specialty | profile | former | estimate | base and steps | published | to hold it against |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for kind, specialty, known, former, told in PROFILES:
        profile = ", ".join(f"{LABELS[name]} {value}" for name, value in known.items()) or "nothing known"
        try:
            at = model.estimate(Applicant(applicant_type=kind, specialty=specialty, **known))
        except NoEstimate as reason:
            lines.append(f"| {kind} | {specialty} | {profile} | {former} | none | {reason} |  | {told} |")
            continue
        steps = " ".join(f"{LABELS[name]} {points:+.1f}" for name, points in at.contributions)
        lines.append(
            f"| {kind} | {specialty} | {profile} | {former} | {100 * at.center:.0f} % "
            f"({100 * at.low:.0f} to {100 * at.high:.0f}) | {100 * at.base.center:.0f} % {steps} | "
            f"{f'{at.base.matched:,} of {at.base.n:,}' if at.base.n else 'none'} | {told} |"
        )
    return "\n".join(lines) + "\n"
