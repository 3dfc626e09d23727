"""Shapes that many files share: moments, dates and sides of pictures that a page can show."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

LATEST = 32_503_680_000  # seconds since 1970: the year 3000
YEARS = range(1970, 3000)


def _checked_date(text: str) -> str:
    """An ISO date, or nothing where nobody wrote one down; raises ValueError."""
    if text and datetime.fromisoformat(text).year not in YEARS:
        raise ValueError("a date is expected, such as 2026-01-31T12:00:00+00:00")
    return text


Moment = Annotated[float, Field(ge=0, le=LATEST)]  # seconds since 1970
IsoDate = Annotated[str, AfterValidator(_checked_date)]
Side = Annotated[int, Field(ge=1, le=2048)]  # of a picture, in pixels
