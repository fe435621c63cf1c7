"""The pages that follow from the executed notebooks: figures with their numbers, gallery, scoreboard, timings."""

import ast
import html
import json
import re
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import yaml
from matplotlib.figure import Figure
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from PIL import Image
from pybtex.database import parse_string

from amem import store
from amem.book.display import CAPTION, CLAIMS, FIGURE, title
from amem.book.look import LOOK
from amem.book.text import fill

ROOT = Path(__file__).resolve().parent.parent
VERDICTS = {"reproduced": "success", "not reproduced": "danger", "cannot be tested here": "muted"}


def shown(notebook: NotebookNode, mime: str) -> list:
    """What the cells of a notebook displayed under one of the book's own mime types, in order."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output.data[mime] for output in outputs if mime in output.get("data", {})]


@dataclass(frozen=True)
class Chapter:
    """What the pages tell of a chapter: its heading, and the figures and claims that its notebook displayed."""

    topic: str
    title: str
    figures: list[dict]
    claims: list[dict]


def read(topic: str, notebook: NotebookNode) -> Chapter:
    """Read a chapter off its executed notebook."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    heading = re.search(r"^# (.+)$", text, re.MULTILINE)[1]
    claims = [claim for table in shown(notebook, CLAIMS) for claim in table["claims"]]
    return Chapter(topic, heading, shown(notebook, FIGURE), claims)


def printed(notebook: NotebookNode) -> NotebookNode:
    """Put in the place of each displayed figure or table of claims the text that the book prints for it, and in that of
    each [[question.name]] in a paragraph the number that the published table gives."""
    told = [(figure["experiment"].rsplit(".", 1)[1], figure["numbers"]) for figure in shown(notebook, FIGURE)]
    told += [pair for table in shown(notebook, CLAIMS) for pair in table["numbers"].items()]
    said = {f"{question}.{name}": word for question, numbers in told for name, word in numbers.items()}
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type == "markdown":
            cell.source = fill(cell.source, said, "a paragraph of the notebook")
        kept = []
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if FIGURE in data:
                text, name = in_chapter(data[FIGURE]), data[FIGURE]["id"]
            elif CLAIMS in data:
                text, name = claims_table(data[CLAIMS]["claims"]), f"claims-{len(cells)}"
            else:
                if CAPTION not in data:
                    kept.append(output)
                continue
            cells.append(new_markdown_cell(text, id=name[:64]))
        if "outputs" in cell:
            cell.outputs = kept
    notebook.cells = cells
    return notebook


# ---------------------------------------------------------------------------------------------- figures


def heading(figure: dict) -> str:
    """The first sentence of a caption is the figure's title."""
    return title(figure["caption"])


def one_line(text: str) -> str:
    return " ".join(text.split())


def picture(figure: dict, legend: str, name: str = "") -> str:
    return "\n".join([
        f"```{{figure}} /static/figures/{figure['id']}.svg",
        *([f":name: {name}"] if name else []),
        f":alt: {one_line(figure['alt'])}",
        ":class: dark-light",
        "",
        one_line(figure["caption"]),
        "",
        legend,
        "```",
    ])  # fmt: skip


def in_chapter(figure: dict) -> str:
    """A figure where the chapter shows it: numbered, with the line that leads to the functions and the table."""
    name, page = figure["id"], f"/figures/{figure['id']}.md"
    drawing, experiment = (figure[part].rsplit(".", 1)[1] for part in ("drawing", "experiment"))
    table = next(file for file in figure["files"] if ".csv" in file)
    legend = (
        f"drawn by {{ref}}`{drawing} <{name}-drawing>` from {{ref}}`{experiment} <{name}-experiment>` · "
        f'<a href="../figures/{table}" download>table</a> · [files, numbers, how to cite]({page})<br>'
        f"{figure['preset']} preset, {cost(figure)} on {figure['device'].upper()}"
    )
    return picture(figure, legend, name)


def figure_page(figure: dict, chapter: Chapter, before: dict | None, after: dict | None, source: Path) -> str:
    """A figure's own page, at an address that stays: picture, files, provenance, code, BibTeX."""
    name, files = figure["id"], source / "static/figures"
    neighbours = [
        *([f"[← {title(before['caption'])}]({before['id']}.md)"] if before else []),
        "[all figures](/book/gallery.md)",
        *([f"[{title(after['caption'])} →]({after['id']}.md)"] if after else []),
    ]
    downloads = " ".join(
        f'<a class="download" href="{file}" download>{kind(file)} <small>{size(files / file)}</small></a>'
        for file in figure["files"]
    )
    rows = "\n".join(
        f"<tr><th scope='row'>{label}</th><td>{html.escape(text)}</td></tr>"
        for label, text in provenance(figure, json.loads((files / f"{name}.json").read_text())).items()
    )
    preset, device = figure["preset"], figure["device"]
    command = f"python -m amem rebuild {name} --preset {preset}" + (" --device cuda" if device == "cuda" else "")
    return f"""---
orphan: true
---
# {heading(figure)}

{picture(figure, f"{{numref}}`{name}` in the chapter [{chapter.title}](/notebooks/{chapter.topic}.ipynb)")}

<p class="downloads">{downloads}</p>

{checked(figure["statements"])}## Regenerate it

```sh
{command}
```

draws exactly this figure, from the table if it is there, from nothing if it is not.

## Cite it

```bibtex
{figure["bibtex"].strip()}
```

## Where it comes from

<table class="provenance">
{rows}
</table>

({name}-drawing)=
## The drawing

{listing(figure["drawing"])}

({name}-experiment)=
## The experiment

{listing(figure["experiment"])}

---

{" · ".join(neighbours)}
"""


def told_apart(bibliography: str) -> str:
    """The bibliography with a letter behind the year of entries that a text would cite alike, as 2024a and 2024b."""
    alike: dict[tuple[object, ...], list[str]] = {}
    for key, entry in parse_string(bibliography, "bibtex").entries.items():
        names = [" ".join(person.last_names) for person in entry.persons.get("author", [])]
        cited = tuple(names) if len(names) < 3 else (names[0], "et al.")
        alike.setdefault((cited, entry.fields["year"]), []).append(key)
    letters = {
        key: letter
        for keys in alike.values()
        if len(keys) > 1
        for key, letter in zip(sorted(keys), "abcdefghij", strict=False)
    }
    entries = re.split(r"^(?=@)", bibliography, flags=re.M)
    for place, text in enumerate(entries):
        if (found := re.match(r"@\w+\{([^,]+),", text)) and found[1] in letters:
            entries[place] = re.sub(r"(year\s*=\s*\{\d{4})\}", rf"\1{letters[found[1]]}}}", text)
    return "".join(entries)


def checked(statements: dict[str, bool]) -> str:
    """What the words of a figure compare, with a tick where its table agrees."""
    lines = [f"- {'✓' if holds else '✗'} {one_line(says)}" for says, holds in statements.items()]
    return "\n".join(["## What its words say, checked against its table", "", *lines, "", ""]) if lines else ""


def repository() -> dict:
    """The repository's address as the book's settings give it, for the pages' `{{ repository }}`."""
    return yaml.safe_load((ROOT / "_config.yml").read_text())["repository"]


def listing(dotted: str) -> str:
    """The source of a function of the package, with its place in the repository."""
    module, name = dotted.rsplit(".", 1)
    path = Path(*module.split(".")).with_suffix(".py")
    text = (ROOT / path).read_text()
    node = next(n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == name)
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    code = "\n".join(text.splitlines()[first - 1 : node.end_lineno])
    address = f"{{{{ repository }}}}/blob/{repository()['branch']}/{path}#L{first}-L{node.end_lineno}"
    return f"[`{path}`, lines {first}–{node.end_lineno}]({address})\n\n```python\n{code}\n```"


def kind(file: str) -> str:
    """What a file is, by its name `<id>[.<preset>].<suffix>[.gz]`."""
    _, *preset, suffix = file.removesuffix(".gz").split(".")
    return " ".join([suffix.upper(), *preset, *(["compressed"] if file.endswith(".gz") else [])])


def size(path: Path) -> str:
    length = path.stat().st_size
    return f"{length} B" if length < 1000 else f"{length / 1000:.0f} kB" if length < 1e6 else f"{length / 1e6:.1f} MB"


def provenance(figure: dict, origin: dict) -> dict[str, str]:
    """Where a figure's numbers come from, in words: its table's card and the run that computed it."""
    card, run = origin["card"], origin["run"]
    return {
        "figure": figure["id"],
        "drawn by": figure["drawing"],
        "from the experiment": card["experiment"],
        "preset": card["preset"],
        "its numbers": words(card["config"]),
        "table": f"{card['rows']} rows of {words(list(card['columns']))}",
        "computed": f"{run['date']}, {cost(run)}",
        "on": f"{run['machine']} ({run['device']})",
        "with": words([f"{name} {version}" for name, version in run["versions"].items()]),
        "commit": run["commit"] or "none",
        "SHA-256 of the table": card["sha256"],
        "SHA-256 of the code": card["source"],
    }


def duration(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds > 300 else f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"


def cost(run: dict) -> str:
    """What a table cost in all, the networks that it rests on included."""
    before = f", its networks trained in {duration(run['training'])}" if run["training"] else ""
    return f"computed in {duration(run['seconds'])}{before}"


def words(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(
            f"{name}: ({words(inner)})" if isinstance(inner, dict) else f"{name} = {words(inner)}"
            for name, inner in value.items()
        )
    if not isinstance(value, list):
        return str(value)
    return ", ".join(f"({words(item)})" if isinstance(item, list) else str(item) for item in value)


def gallery(chapters: list[Chapter]) -> str:
    """All figures as small pictures that lead to the figures' pages."""
    parts = []
    for chapter in chapters:
        parts += [f"## {chapter.title}", "", "::::{grid} 1 1 2 2", ":gutter: 3", ""]
        for figure in chapter.figures:
            parts += [
                ":::{grid-item-card}",
                f":img-top: /static/figures/{figure['id']}.thumb.png",
                f":img-alt: {one_line(figure['alt'])}",
                f":link: /figures/{figure['id']}",
                ":link-type: doc",
                ":class-card: figure-card",
                "",
                heading(figure),
                ":::",
            ]
        parts += ["::::", ""]
    return "\n".join(parts)


def thumbnails(chapters: list[Chapter], folder: Path) -> None:
    for figure in (figure for chapter in chapters for figure in chapter.figures):
        with Image.open(folder / f"{figure['id']}.png") as image:
            small = image.convert("RGB")
            small.thumbnail((800, 600), Image.Resampling.LANCZOS)
            small = small.quantize(64, dither=Image.Dither.NONE)
            small.save(folder / f"{figure['id']}.thumb.png", optimize=True)


# ----------------------------------------------------------------------------------------------- claims


def claims_table(claims: list[dict]) -> str:
    """A table of claims: what a paper says, what we expected, what we measured."""
    lines = ["```{list-table}", ":header-rows: 1", ":class: claims", ""]
    lines += row("claim", "verdict", "expected", "measured")
    for claim in claims:
        place = claim["place"] and f", {claim['place']}"
        source = f"{{cite}}`{claim['key']}`{place} <span class='known'>{claim['mark']}</span>"
        says = f'<span id="{claim["id"]}"></span>{claim["says"]} <small>{source}</small>'
        verdict, _, within = claim["verdict"].partition(" within ")
        near = f" <small>within {within}</small>" if within else ""
        finding = f" <small>{claim['finding']}</small>" if claim["verdict"] == "not reproduced" else ""
        badge = f"{{bdg-{VERDICTS.get(verdict, 'success')}}}`{verdict}`{near}{finding}"
        digits = claim["digits"]
        expected = f"{interval(claim['expect'], digits)} <small>{claim['because']}</small>"
        measured = claim["measured"].items()
        numbers = [f"{number(m, digits)} <small>{name}</small>" for name, m in measured if m is not None]
        lines += row(says, badge, expected, " ".join(numbers) or "–")
    return "\n".join([*lines, "```"])


def row(*cells: str) -> list[str]:
    return [f"{'* -' if place == 0 else '  -'} {one_line(cell)}" for place, cell in enumerate(cells)]


def number(value: float | None, digits: int = 4) -> str:
    return "–" if value is None else f"{value:.{digits}g}".replace("-", "−")


def interval(expect: list[float | None], digits: int) -> str:
    low, high = (None if bound is None or abs(bound) == float("inf") else bound for bound in expect)
    if low is None or high is None:
        return f"≤ {number(high, digits)}" if low is None else f"≥ {number(low, digits)}"
    return number(low, digits) if low == high else f"{number(low, digits)} to {number(high, digits)}"


def scoreboard(chapters: list[Chapter]) -> str:
    """All claims of all chapters, with how many held."""
    judged = [(claim["mark"], claim["verdict"].partition(" within")[0]) for c in chapters for claim in c.claims]
    verdicts = [verdict for verdict in VERDICTS if verdict in dict(map(reversed, judged))]
    parts = ["```{list-table}", ":header-rows: 1", ":class: timings", "", *row("known from", *verdicts)]
    for mark in dict.fromkeys(mark for mark, _ in sorted(judged)):
        parts += row(mark, *(str(judged.count((mark, verdict))) for verdict in verdicts))
    parts += [*row("**all**", *(f"**{sum(v == verdict for _, v in judged)}**" for verdict in verdicts)), "```", ""]
    for chapter in chapters:
        parts += [f"## [{chapter.title}](/notebooks/{chapter.topic}.ipynb)", "", claims_table(chapter.claims), ""]
    return "\n".join(parts)


# ---------------------------------------------------------------------------------------------- timings


def runs(preset: str, topic: str) -> dict[str, dict]:
    """The run records of a chapter's experiments under a preset."""
    paths = sorted((store.results(preset) / topic).glob("*.run.json"))
    return {path.name.removesuffix(".run.json"): json.loads(path.read_text()) for path in paths}


def computed(chapters: list[Chapter], preset: str) -> str:
    """What computing this book took, experiment by experiment."""
    parts = []
    for chapter in chapters:
        here, full = runs(preset, chapter.topic), runs("full", chapter.topic)
        wanted = {shown["experiment"].rsplit(".", 1)[1] for shown in (*chapter.figures, *chapter.claims)}
        lines = ["```{list-table}", ":header-rows: 1", ":class: timings", ""]
        lines += row("experiment", f"{preset}", "machine", "full", "machine")
        for name in sorted(wanted & (here.keys() | full.keys())):
            cells = [cell for run in (here.get(name), full.get(name)) for cell in seconds(run)]
            lines += row(f"`{name}`", *cells)
        total = sum(here[name]["seconds"] for name in wanted & here.keys())
        lines += row("**all**", f"**{duration(total)}**", "", "", "")
        parts += [f"## {chapter.title}", "", *lines, "```", ""]
    return "\n".join(parts)


def seconds(run: dict | None) -> tuple[str, str]:
    return ("–", "") if run is None else (duration(run["seconds"]), f"{run['machine']}, {run['device']}")


def benchmarks(source: Path) -> str:
    """The recorded measurements of speed: a picture and a table for each machine."""
    parts = []
    for path in sorted((ROOT / "book/results/bench").glob("*.json")):
        report = json.loads(path.read_text())
        results, versions = report["results"], report["versions"]
        says = "\n".join(f"- **{title}.** {text}" for title, text in report["rows"].items())
        with matplotlib.rc_context(LOOK):
            speeds(results).savefig(source / f"book/{path.stem}.svg", metadata={"Date": None})
        lines = ["```{list-table}", ":header-rows: 1", ":class: timings", ""]
        lines += row(*(column.replace("_", " ") for column in results[0]))
        for result in results:
            lines += row(*(cell if isinstance(cell, str) else number(cell) for cell in result.values()))
        about = ", ".join(f"{name} {version}" for name, version in versions.items())
        parts += [
            f"## {report['processor']}, {report['cores']} cores",
            "",
            f"{report['threads']} threads, a matrix-product peak of {report['peak_gigaflops']:.0f} Gflop/s; {about}.",
            "",
            f"```{{figure}} {path.stem}.svg",
            ":alt: Bars of the speed of each implementation as a fraction of the matrix-product peak, by task.",
            ":class: dark-light",
            "```",
            "",
            says,
            "",
            *lines,
            "```",
            "",
        ]
    return "\n".join(parts) or "No machine has been measured yet: `make bench` does it."


def speeds(results: list[dict[str, float | str]]) -> Figure:
    """Speed as a fraction of the matrix-product peak, a panel a row, on a logarithmic axis."""
    titles = list(dict.fromkeys(str(result["row"]) for result in results))
    heights = [sum(result["row"] == title for result in results) for title in titles]
    figure = Figure(figsize=(7, 0.45 * sum(heights) + 0.5 * len(titles)), layout="constrained")
    panels = figure.subplots(len(titles), 1, sharex=True, height_ratios=heights, squeeze=False)[:, 0]
    for axes, row_title in zip(panels, titles, strict=True):
        chosen = [result for result in results if result["row"] == row_title][::-1]
        names = [str(result["contender"]) for result in chosen]
        reached = [float(result["of_peak"]) for result in chosen]
        axes.barh(names, reached, color=["#0072B2" if name == "amem" else "#9a9a9a" for name in names])
        for position, (name, speed) in enumerate(zip(names, reached, strict=True)):
            slower = float(chosen[position]["amem_times_faster"])
            faster = f"{slower:.0f}" if slower >= 10 else f"{slower:.2g}"
            note = f"{speed:.2g}" + ("" if name == "amem" else f", amem {faster} times faster")
            axes.text(1.02, position, note, transform=axes.get_yaxis_transform(), va="center", fontsize=8)
        axes.set_title(row_title, loc="left")
        axes.set_xscale("log")
        axes.axvline(1, color="black", linewidth=1, linestyle="--")
        axes.grid(axis="y", visible=False)
    panels[0].set_xlim(min(float(result["of_peak"]) for result in results) / 2, 1.5)
    panels[-1].set_xlabel("speed over the matrix-product peak, dashed (dimensionless)")
    return figure


def write(chapters: list[Chapter], source: Path, preset: str) -> None:
    """Write the figures' pages and fill the places that the other pages leave open."""
    (source / "figures").mkdir()
    everything = [(chapter, figure) for chapter in chapters for figure in chapter.figures]
    for place, (chapter, figure) in enumerate(everything):
        before = everything[place - 1][1] if place else None
        after = everything[place + 1][1] if place + 1 < len(everything) else None
        page = figure_page(figure, chapter, before, after, source)
        (source / f"figures/{figure['id']}.md").write_text(page)
    thumbnails(chapters, source / "static/figures")
    fill = {
        "gallery": gallery(chapters),
        "scoreboard": scoreboard(chapters),
        "computed": computed(chapters, preset),
        "benchmark": benchmarks(source),
    }
    for name, text in fill.items():
        path = source / f"book/{name}.md"
        path.write_text(path.read_text().replace(f"<!-- {name} -->", text))
