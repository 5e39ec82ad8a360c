"""Match Atlas: the entry of the server.

The script that every visit runs is `matchatlas/web/navigation.py`. It does not stand here, beside
`pages/`, because Streamlit would then serve the files there as pages of their own, without the
navigation, to whoever opens a link first after a start.
"""

import gc

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount, Route

from matchatlas.web import front, serving, visits
from matchatlas.web.api import api

serving.log_one_line_a_problem()
# What the imports made is never garbage, and need not be searched by each collection.
gc.freeze()
app = st.App(
    "matchatlas/web/navigation.py",
    routes=[Route("/healthz", serving.healthz), Route("/readyz", serving.readyz), Mount("/api/v1", api)],
    middleware=[Middleware(serving.Guard), Middleware(visits.Doorkeeper), Middleware(front.Front)],
    lifespan=visits.housekeeping,
    on_script_error=serving.show_problem,
)
