"""The Match itself: deferred acceptance, couples, simulated markets, the rank list lab. No Streamlit, no DuckDB."""
