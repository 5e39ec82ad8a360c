"""Match Atlas: the entry of the server.

The script that every visit runs is `matchatlas/navigation.py`. It does not stand here, beside
`pages/`, because Streamlit would then serve the files there as pages of their own, without the
navigation, to whoever opens a link first after a start.
"""

import streamlit as st

app = st.App("matchatlas/navigation.py")
