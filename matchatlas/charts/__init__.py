"""Figures to look at: DataFrames in, plotly figures out; one look."""
