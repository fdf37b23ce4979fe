"""The sample web of `demo`: an incident page and stand-ins of the publishers that it cites."""

from desk.sample.answers import FOLDER, Answer, sample_answers
from desk.sample.server import SampleWeb

PAGE_URL = "https://www.aiaaic.org/aiaaic-repository/ai-algorithmic-and-automation-incidents/met-police-live-facial-recognition"
PAGE_TEXT = FOLDER / "met-police-live-facial-recognition.txt"
"""The same incident page as plain text: its nine citations, none with a link."""

__all__ = ["FOLDER", "PAGE_TEXT", "PAGE_URL", "Answer", "SampleWeb", "sample_answers"]
