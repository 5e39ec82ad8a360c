"""What stands between pages and visitors: navigation, session, device store, serving, API, shared widgets."""
