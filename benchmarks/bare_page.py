"""The baseline: a bare Streamlit page, one choice and one constant Plotly chart."""

import plotly.graph_objects as go
import streamlit as st

choice = st.selectbox("Choice", ["one", "two", "three", "four"])
st.markdown(f"#### Chart {choice}")
st.plotly_chart(go.Figure(go.Scatter(x=list(range(20)), y=list(range(20)), mode="markers")))
