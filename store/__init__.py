"""What is known, in SQL: incidents, citations, sources, captures, documents, pages."""
