"""The table of claims that closes a chapter."""

import math

from amem.book.claims import Claim, Verdict, verdict
from amem.book.display import CLAIMS, display, plain
from amem.book.questions import part
from amem.book.recording import published
from amem.book.text import fill, numbers_of
from amem.store import OWN, Recorded


def judge(*recorded: Recorded) -> None:
    """Display what became of the claims that stand beside the experiments of these results, each measured on the given
    and on the published table.

    Raises TypeError for what `record` did not return, ValueError for an id that two claims share and for results
    beside which nothing is claimed.
    """
    judged: dict[str, dict[str, object]] = {}
    lines = ["| Claim | Source | Expected | Measured | Verdict |", "|---|---|---|---|---|"]
    for result in recorded:
        if not isinstance(result, Recorded):
            raise TypeError(f"recorded: wanted results of record(…), got {result!r}")
        claims = part(result.experiment.package, "claims")
        for claim in claims.CLAIMS if claims else []:
            if claim.id in judged:
                raise ValueError(f"claim ids must be unique, got {claim.id} twice")
            judged[claim.id], line = _judged(claim, result)
            lines.append(line)
    if not judged:
        names = ", ".join(result.experiment.id for result in recorded) or "none"
        raise ValueError(f"recorded: wanted results of experiments beside which claims stand, got {names}")
    table = "\n".join(lines)
    said = {result.experiment.question: dict(numbers_of(published(result))) for result in recorded}
    display({"text/markdown": table, "text/plain": table, CLAIMS: {"claims": list(judged.values()), "numbers": said}})


def _judged(claim: Claim, result: Recorded) -> tuple[dict[str, object], str]:
    """What became of a claim: for the book, and as a row of the table."""
    shown = published(result)
    here = _measured(claim, result)
    final = _measured(claim, shown) if shown is not result else here
    source, digits = claim.source, _digits(*claim.expect)
    measured = "–" if final.measured is None else f"{final.measured:.{digits}g}"
    said = {"measured": measured, **numbers_of(shown)}
    says, because, finding = (fill(words, said, claim.id) for words in (claim.says, claim.because, claim.finding))
    about: dict[str, object] = {
        "id": claim.id,
        "says": says,
        "key": source.key,
        "place": source.place,
        "mark": source.mark,
        "experiment": f"{result.experiment.module}.{result.experiment.question}",
        "expect": [_finite(bound) for bound in claim.expect],
        "digits": digits,
        "because": because,
        "measured": {result.preset: _finite(here.measured), shown.preset: _finite(final.measured)},
        "verdict": final.text,
        "finding": finding,
    }
    expected = f"{claim.expect[0]:.{digits}g} to {claim.expect[1]:.{digits}g}: {because}"
    where = ", ".join(filter(None, (source.key, source.place)))
    cells = (
        says,
        f"{where} ({source.mark})",
        expected,
        f"{measured} ({shown.preset})",
        f"**{final.text}** {finding}",
    )
    return about, "| " + " | ".join(plain(cell).replace("|", r"\|") for cell in cells) + " |"


def _measured(claim: Claim, result: Recorded) -> Verdict:
    """A verdict; none on a reader's own table that lacks the rows which the claim is about."""
    try:
        return verdict(claim, result.table)
    except Exception:
        if result.preset != OWN:
            raise
        return Verdict(None, "cannot be tested here")


def _digits(low: float, high: float) -> int:
    """How many it takes to tell two bounds apart, and at least four."""
    return next((digits for digits in range(4, 17) if f"{low:.{digits}g}" != f"{high:.{digits}g}"), 4)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
