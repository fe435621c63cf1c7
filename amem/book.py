"""The verbs of a chapter: configure, record, show and judge; and the look of its figures.

Beside a picture or a table for the reader, `show` and `judge` display the same as JSON for the book to be made of.
"""

import importlib
import io
import json
import math
import pkgutil
import re
import time
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import cast

import joblib
import matplotlib
import numpy as np
import pandas as pd
import torch
from cycler import cycler
from joblib.parallel import get_active_backend
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from amem import __version__, store
from amem.files import put
from amem.store import C, Config, Experiment, Recorded

FIGURE = "application/vnd.amem.figure+json"
CAPTION = "application/vnd.amem.caption+json"
CLAIMS = "application/vnd.amem.claims+json"

# Okabe and Ito's colours without the pale yellow, each with its own line for print in grey.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]
LINES = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 3)), (0, (1, 1))]
LOOK = matplotlib.RcParams({
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.prop_cycle": cycler(color=COLOURS) + cycler(linestyle=LINES),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": "medium",
    "figure.constrained_layout.use": True,
    "figure.figsize": (7.0, 4.2),
    "font.sans-serif": ["DejaVu Sans"],
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "image.cmap": "cividis",
    "legend.edgecolor": "none",
    "lines.markersize": 5,
    "svg.fonttype": "path",
    "svg.hashsalt": "amem",
})  # fmt: skip


def configure(presets: Mapping[str, C], preset: str, device: str = "auto") -> C:
    """The preset of that name on that device; "auto" is CUDA if there is one, else the CPU.

    Raises ValueError for a preset or a device that is not there.
    """
    if preset not in presets:
        raise ValueError(f"preset must be one of {', '.join(presets)}, got {preset!r}")
    if device not in ("auto", "cpu", "cuda"):
        raise ValueError(f"device must be one of auto, cpu, cuda, got {device!r}")
    has_cuda = torch.cuda.is_available()
    if device == "cuda" and not has_cuda:
        raise ValueError("device must be auto or cpu, for torch finds no CUDA here, got 'cuda'")
    if device == "auto":
        device = "cuda" if has_cuda else "cpu"
    return replace(presets[preset], preset=preset, device=device)


def record(experiment: Experiment[C], config: C) -> Recorded:
    """The kept result of `experiment(config)` if it is still true, else a new one, computed, timed and kept.

    On the CPU its sweeps use every core, unless the caller has chosen a backend with `joblib.parallel_config`.
    """
    if (kept := store.read(experiment, config)) is not None:
        return kept
    # joblib makes up a new default backend at every question, but gives the same one again once somebody chose it
    backend, jobs = get_active_backend()
    chosen = backend is get_active_backend()[0] or jobs is not None or config.device == "cuda"
    cores = joblib.cpu_count()
    source, start = store.source_hash(experiment.__module__), time.perf_counter()
    here = nullcontext() if chosen else joblib.parallel_config("loky", n_jobs=cores, inner_max_num_threads=1)
    with here, warnings.catch_warnings():
        # loky replaces a worker that has grown large, and says so
        warnings.filterwarnings("ignore", "A worker stopped while some jobs", UserWarning)
        table = experiment(config)
    return store.write(experiment, config, table, source=source, seconds=time.perf_counter() - start)


def published(recorded: Recorded) -> Recorded:
    """For a "quick" result the kept "full" one of the same experiment if it is still true, else the given one."""
    module, _, name = recorded.card["experiment"].rpartition(".")
    experiments = importlib.import_module(module)
    presets: Mapping[str, Config] = getattr(experiments, "PRESETS", {})
    if recorded.preset != "quick" or "full" not in presets:
        return recorded
    return store.read(getattr(experiments, name), presets["full"]) or recorded


def select(table: pd.DataFrame, **equal: object) -> pd.DataFrame:
    """The rows in which the columns have these values."""
    chosen = np.logical_and.reduce([np.ones(len(table), dtype=bool), *(table[name] == equal[name] for name in equal)])
    return cast("pd.DataFrame", table[chosen])


def numbers(table: pd.DataFrame, name: str, **equal: object) -> NDArray[np.float64]:
    """A column as numbers, in the rows in which other columns have these values."""
    return np.asarray(select(table, **equal)[name], dtype=float)


def provenance(recorded: Recorded) -> str:
    """Where a table comes from in a line: preset, seconds, device and rows."""
    seconds, device = math.ceil(recorded.run["seconds"]), recorded.run["device"].upper()
    return f"{recorded.preset} preset, {seconds} s on {device}, {recorded.card['rows']} rows"


@dataclass(frozen=True)
class Drawing:
    """A figure of the book: a function from an experiment's table to a Figure, and the words that go with it.

    Raises ValueError for an id that is not `fig-…` in lower case and for empty words.
    """

    draw: Callable[[pd.DataFrame], Figure]
    id: str
    experiment: str
    caption: str
    alt: str

    def __post_init__(self) -> None:
        _check_words(self, "fig", "experiment", "caption", "alt")

    def __call__(self, table: pd.DataFrame) -> Figure:
        with _look():
            return _settled(self.draw(table))

    @property
    def title(self) -> str:
        """The caption's first sentence."""
        return re.split(r"(?<=[.?!])\s", _plain(self.caption))[0].rstrip(".")

    @property
    def chapter(self) -> ModuleType:
        return importlib.import_module(self.draw.__module__.rpartition(".")[0])

    @property
    def experiments(self) -> ModuleType:
        return importlib.import_module(f"{self.chapter.__name__}.experiments")

    @property
    def claims(self) -> "Sequence[Claim]":
        """What is claimed in its chapter."""
        return importlib.import_module(f"{self.chapter.__name__}.claims").CLAIMS

    def save(self, figure: Figure, folder: Path) -> None:
        """Write a picture as `<id>.svg`, `.png` and `.pdf`: the same bytes for the same picture."""
        put(folder, {f"{self.id}.{kind}": data for kind, data in _pictures(figure).items()})

    def publish(self, recorded: Recorded) -> list[str]:
        """Write `<id>.svg`, `.png`, `.pdf`, the table `.csv`, its card and run `.json`; return the files' names.

        Raises ValueError for the table of another experiment.
        """
        if recorded.experiment != self.experiment:
            raise ValueError(f"{self.id} draws {self.experiment}, got the table of {recorded.experiment}")
        origin = {"figure": self.id, "card": recorded.card, "run": recorded.run}
        table = {
            "csv": store.csv(recorded.table),
            "json": (json.dumps(origin, indent=2, ensure_ascii=False) + "\n").encode(),
        }
        files = {f"{self.id}.{kind}": data for kind, data in (_pictures(self(recorded.table)) | table).items()}
        put(figures_folder(), files)
        return list(files)


def figure(
    *, id: str, experiment: str, caption: str, alt: str
) -> Callable[[Callable[[pd.DataFrame], Figure]], Drawing]:
    """Make a drawing function a figure of the book: an id for ever, the experiment it draws, caption and alt text.

    Caption and alt text may hold MyST: mathematics in dollars, citations.
    """
    return lambda draw: Drawing(draw, id, experiment, caption, alt)


def figures_folder() -> Path:
    """Where figures are written."""
    return store.place("build/figures", "figures")


def drawings() -> dict[str, Drawing]:
    """Every figure of the book by its id. Raises ValueError for an id that two of them share."""
    chapters = importlib.import_module("amem.chapters")
    found: dict[str, Drawing] = {}
    for chapter in pkgutil.iter_modules(chapters.__path__):
        figures = importlib.import_module(f"amem.chapters.{chapter.name}.figures")
        for drawing in (value for value in vars(figures).values() if isinstance(value, Drawing)):
            if found.setdefault(drawing.id, drawing) is not drawing:
                raise ValueError(f"figure ids must be unique, got {drawing.id} twice")
    return found


def show(figure: Drawing, recorded: Recorded) -> None:
    """Display a figure with its caption and where it comes from, and write its files.

    It shows the published table; if that is not the given one, `<id>.<preset>.svg` and `.csv` show the given one.
    """
    shown = published(recorded)
    files = figure.publish(shown)
    if shown is not recorded:
        given = {"svg": _pictures(figure(recorded.table))["svg"], "csv": store.csv(recorded.table)}
        named = {f"{figure.id}.{recorded.preset}.{kind}": data for kind, data in given.items()}
        put(figures_folder(), named)
        files += named
    about = {
        "id": figure.id,
        "caption": figure.caption,
        "alt": figure.alt,
        "chapter": figure.chapter.__name__.rpartition(".")[2],
        "drawing": f"{figure.draw.__module__}.{figure.draw.__name__}",
        "experiment": shown.card["experiment"],
        "preset": shown.preset,
        "seconds": shown.run["seconds"],
        "device": shown.run["device"],
        "rows": shown.card["rows"],
        "files": files,
        "bibtex": bibtex(figure, shown),
    }
    picture = (figures_folder() / f"{figure.id}.svg").read_text("utf-8")
    _display({"image/svg+xml": picture, "text/plain": figure.alt, FIGURE: about})
    caption = f"{_plain(figure.caption)}\n\n*{provenance(shown)}*"
    _display({"text/markdown": caption, "text/plain": caption, CAPTION: figure.id})


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A number that a paper states, where it does, and the interval in which we expect to measure it.

    `source` is a bib key and a place in the paper. `mark` says who gives the number: the paper, its code, or we who
    reconstructed or recalled it. `stated` is that number where there is a single one. `because` is the reason for the
    interval's width, `finding` what we know of a claim that is not reproduced. Without `measure` it cannot be tested
    here.

    Raises ValueError naming the wrong field.
    """

    id: str
    says: str
    source: str
    mark: str
    experiment: str = ""
    measure: Callable[[pd.DataFrame], float] | None = None
    stated: float | None = None
    expect: tuple[float, float]
    because: str
    finding: str = ""

    def __post_init__(self) -> None:
        _check_words(self, "claim", "says", "source", "because", *(["experiment"] if self.measure else []))
        marks = ("PAPER", "CODE", "RECONSTRUCTED", "RECALLED")
        if self.mark not in marks:
            raise ValueError(f"mark of {self.id} must be one of {', '.join(marks)}, got {self.mark!r}")
        low, high = self.expect
        if not low <= high:
            raise ValueError(f"expect of {self.id} must be a lower and an upper bound, got {self.expect}")
        if self.stated == 0:
            raise ValueError(f"stated of {self.id} must not be 0, from which no distance in per cent can be told")


@dataclass(frozen=True)
class Verdict:
    """What a table says of a claim."""

    measured: float | None
    text: str


def verdict(claim: Claim, table: pd.DataFrame) -> Verdict:
    """Measure a claim's number: it is reproduced if the expected interval, bounds included, holds it.

    Where the paper states a single number, the verdict says within how many per cent of it.
    """
    if claim.measure is None:
        return Verdict(None, "cannot be tested here")
    measured = float(claim.measure(table))
    low, high = claim.expect
    if not low <= measured <= high:
        return Verdict(measured, "not reproduced")
    if claim.stated is None:
        return Verdict(measured, "reproduced")
    return Verdict(measured, f"reproduced within {max(0.1, 100 * abs(measured / claim.stated - 1)):.2g} %")


def judge(claims: Sequence[Claim], *recorded: Recorded) -> None:
    """Display what became of the claims, each measured on its experiment's given and published tables.

    Raises ValueError for an id that two claims share and for a claim whose experiment is not among the recorded.
    """
    given = {result.experiment: result for result in recorded}
    lines = ["| Claim | Source | Expected | Measured | Verdict |", "|---|---|---|---|---|"]
    judged: dict[str, dict[str, object]] = {}
    for claim in claims:
        if claim.id in judged:
            raise ValueError(f"claim ids must be unique, got {claim.id} twice")
        if claim.measure and claim.experiment not in given:
            raise ValueError(f"{claim.id} needs the experiment {claim.experiment}, got {', '.join(given) or 'none'}")
        result = given.get(claim.experiment, *recorded[:1])
        shown = published(result) if result else None
        here = verdict(claim, result.table if result else pd.DataFrame())
        full = verdict(claim, shown.table) if shown and shown.preset == "full" else None
        preset, final = result.preset if result else "no", full or here
        judged[claim.id] = {
            "id": claim.id,
            "says": claim.says,
            "source": claim.source,
            "mark": claim.mark,
            "experiment": claim.experiment,
            "expect": [_finite(bound) for bound in claim.expect],
            "digits": (digits := _digits(*claim.expect)),
            "because": claim.because,
            "preset": preset,
            "measured": _finite(here.measured),
            "measured_full": _finite(full.measured) if full else None,
            "verdict": final.text,
            "finding": claim.finding,
        }
        measured = "–" if final.measured is None else f"{final.measured:.{digits}g} ({'full' if full else preset})"
        expected = f"{claim.expect[0]:.{digits}g} to {claim.expect[1]:.{digits}g}: {claim.because}"
        outcome = f"**{final.text}** {claim.finding}"
        cells = (claim.says, f"{claim.source} ({claim.mark})", expected, measured, outcome)
        lines.append("| " + " | ".join(_plain(cell).replace("|", r"\|") for cell in cells) + " |")
    table = "\n".join(lines)
    _display({"text/markdown": table, "text/plain": table, CLAIMS: list(judged.values())})


def _digits(low: float, high: float) -> int:
    """How many it takes to tell two bounds apart, and at least four."""
    return next((digits for digits in range(4, 17) if f"{low:.{digits}g}" != f"{high:.{digits}g}"), 4)


def bibtex(drawing: Drawing, recorded: Recorded | None) -> str:
    """BibTeX for a figure, and for the papers of the bibliography that its chapter or its claims name."""
    fields = {
        "title": re.sub(r"([&%#])", r"\\\1", drawing.title),
        "author": "{amem contributors}",
        "howpublished": "amem, a reproducible companion to the papers on associative memory",
        "version": __version__,
        "note": f"Figure {drawing.id}" + (f", SHA-256 of its table {recorded.card['sha256']}" if recorded else ""),
    }
    lines = [f"@misc{{{drawing.id},", *(f"  {name} = {{{text}}}," for name, text in fields.items()), "}"]
    return "\n\n".join(["\n".join(lines), *_papers(drawing)])


def _papers(drawing: Drawing) -> Iterator[str]:
    bibliography = store.CHECKOUT / "book" / "references.bib"
    words = [drawing.chapter.__doc__ or "", *(claim.source for claim in drawing.claims)]
    named = set(re.findall(r"\w+", " ".join(words)))
    for entry in re.split(r"^(?=@)", bibliography.read_text("utf-8") if bibliography.exists() else "", flags=re.M):
        if (key := re.match(r"@\w+{([^,]+),", entry)) and key[1] in named:
            yield entry.strip()


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _plain(text: str) -> str:
    """One line without the names of MyST roles, for readers that know none."""
    return " ".join(re.sub(r"{[a-z:]+}`([^`]*)`", r"\1", text).split())


def _check_words(item: Drawing | Claim, prefix: str, *names: str) -> None:
    if re.fullmatch(rf"{prefix}(-[a-z0-9]+)+", item.id) is None:
        raise ValueError(f"id must be {prefix}-… in words of a-z and 0-9 joined by hyphens, got {item.id!r}")
    for name in names:
        if not getattr(item, name).strip():
            raise ValueError(f"{name} of {item.id} must not be empty")


@contextmanager
def _look() -> Generator[None]:
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(LOOK)
        yield


def _settled(figure: Figure) -> Figure:
    """The figure with its panels where they come to rest, to a millionth of its size.

    The solver of the layout adds up in another order each time, and an SVG names what it clips by every digit.
    """
    for _ in range(2):
        figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        axes.set_position(Bbox(axes.get_position(original=True).get_points().round(6)))
    return figure


def _pictures(figure: Figure) -> dict[str, bytes]:
    """The figure as SVG, PNG and PDF without dates and versions, which would differ from run to run."""
    left_out = {"svg": ["Date", "Creator"], "png": ["Software"], "pdf": ["CreationDate", "Creator", "Producer"]}
    pictures: dict[str, bytes] = {}
    for kind, names in left_out.items():
        file = io.BytesIO()
        with _look():
            figure.savefig(file, format=kind, dpi=200, metadata=dict.fromkeys(names))
        pictures[kind] = file.getvalue()
    return pictures


def _display(bundle: dict[str, object]) -> None:
    """Display in Jupyter; elsewhere print the plain text."""
    with suppress(ImportError):
        from IPython import get_ipython
        from IPython.display import display

        if get_ipython() is not None:
            display(bundle, raw=True)
            return
    print(bundle["text/plain"])
