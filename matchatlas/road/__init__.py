"""The road to the Match: milestones, readiness, costs, targets, the season. No Streamlit, no DuckDB."""
