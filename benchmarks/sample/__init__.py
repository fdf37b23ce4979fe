"""How the documents of the sample web are made: texts, a small markup, a layout and a scanner."""
