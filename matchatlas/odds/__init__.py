"""The what-if statistics: base rates, evidence, the estimate, its calibration. No Streamlit, no DuckDB."""
