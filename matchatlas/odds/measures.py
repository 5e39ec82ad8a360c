"""The characteristics of applicants that the publications measure, named once."""

# code in the database -> (name, axis title with unit)
MEASURES = {
    "step2_ck": ("Step 2 CK", "Step 2 CK score (mean)"),
    "contiguous_ranks": ("Contiguous ranks", "Contiguous ranks (mean)"),
    "specialties_ranked": ("Distinct specialties ranked", "Specialties ranked (mean)"),
    "research": ("Research experiences", "Research experiences (mean)"),
    "abstracts_presentations_publications": (
        "Abstracts, presentations, publications",
        "Abstracts, presentations and publications (mean)",
    ),
    "publications": ("Publications", "Publications (mean)"),
    "presentations": ("Presentations", "Presentations (mean)"),
    "abstracts": ("Abstracts", "Abstracts (mean)"),
    "work": ("Work experiences", "Work experiences (mean)"),
    "volunteer": ("Volunteer experiences", "Volunteer experiences (mean)"),
}
