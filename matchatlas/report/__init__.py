"""The report that a client takes home: one content, set as a PDF and as a page of HTML."""
