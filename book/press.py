"""Print the book: run the notebooks, write the pages that follow from their results, build the site.

    python book/press.py [--preset quick] [--device auto]

A notebook runs again only when it, the package, the lock or its parameters changed; several run side by side, each with
its share of the cores. Everything is built beside the
site that stands and takes its place when it is whole, so an interrupted run loses nothing.
"""

import argparse
import fcntl
import hashlib
import importlib.metadata
import math
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import joblib
import jupytext
import nbformat
import pages
import papermill
import yaml
from nbformat import NotebookNode
from traitlets.config import Config

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
SITE = BUILD / "site"
SCRATCH = BUILD / ".scratch" / "press"
PARAMETERS = ("preset", "device")


def topics() -> list[str]:
    """The chapters' names in the order of the table of contents."""
    contents = yaml.safe_load((ROOT / "book/_toc.yml").read_text())
    files = [chapter["file"] for part in contents["parts"] for chapter in part["chapters"]]
    return [Path(file).name for file in files if file.startswith("notebooks/")]


def executed(topic: str, preset: str) -> Path:
    """The folder with a chapter's executed notebook, the figures it drew and the key they were made under."""
    return BUILD / "executed" / preset / topic


def key(topic: str, preset: str, device: str) -> str:
    """Everything that an executed notebook depends on, as one hash."""
    chapters = ROOT / "amem/chapters"
    others = [folder for folder in chapters.glob("*/") if folder.name != topic]
    sources = [
        ROOT / "requirements.lock",
        ROOT / f"notebooks/{topic}.py",
        ROOT / "amem/references.bib",
        *sorted(path for path in (ROOT / "amem").rglob("*.py") if not set(path.parents) & set(others)),
        *sorted((ROOT / "book/results").glob(f"*/{topic}/*")),
    ]
    digest = hashlib.sha256(repr((preset, device, sys.version)).encode())
    for path in sources:
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def is_current(topic: str, preset: str, device: str) -> bool:
    stamp = executed(topic, preset) / "key"
    return stamp.is_file() and stamp.read_text() == key(topic, preset, device)


def execute(topic: str, preset: str, device: str) -> None:
    """Run a chapter's notebook in a clean kernel and keep it with the figures it drew.

    Raises ValueError for a parameter that the notebook does not declare, RuntimeError for a cell that fails.
    """
    notebook = jupytext.read(ROOT / f"notebooks/{topic}.py")
    declared = papermill.inspect_notebook(notebook)
    for name in PARAMETERS:
        if name not in declared:
            raise ValueError(f"notebooks/{topic}.py declares no parameter {name!r} in its cell tagged `parameters`")
    under = key(topic, preset, device)
    fresh, kept = SCRATCH / topic, executed(topic, preset)
    (fresh / "figures").mkdir(parents=True)
    try:
        papermill.execute_notebook(
            notebook,
            fresh / "notebook.ipynb",
            parameters={"preset": preset, "device": device},
            kernel_name="python3",
            cwd=ROOT / "notebooks",
            progress_bar=False,
            config=Config(
                KernelManager={"transport_encryption": "required"},
                NotebookClient={"extra_arguments": ["--log-level=CRITICAL"]},  # a kernel reports being told to stop
            ),
        )
    except papermill.PapermillExecutionError as error:
        raise RuntimeError(f"{error}\nnotebooks/{topic}.py failed, see above") from None
    for figure in pages.shown(nbformat.read(fresh / "notebook.ipynb", as_version=4), pages.FIGURE):
        for name in figure["files"]:
            shutil.copy(BUILD / "figures" / name, fresh / "figures")
    (fresh / "key").write_text(under)
    shutil.rmtree(kept, ignore_errors=True)
    kept.parent.mkdir(parents=True, exist_ok=True)
    fresh.rename(kept)


def run_all(preset: str, device: str) -> None:
    """Run the notebooks that are not current side by side, and say of each when it begins and when it is done."""
    chapters = topics()
    stale = [topic for topic in chapters if not is_current(topic, preset, device)]
    at_once = max(1, min(joblib.cpu_count(), len(stale)))
    # twice its share for each, so that no core waits while the last ones run
    os.environ["LOKY_MAX_CPU_COUNT"] = str(math.ceil(2 * joblib.cpu_count() / at_once))

    def run(topic: str) -> None:
        start = time.monotonic()
        say(topic, f"running ({preset} preset) …")
        execute(topic, preset, device)
        say(topic, f"done in {time.monotonic() - start:.0f} s")

    def say(topic: str, what: str) -> None:
        print(f"[{chapters.index(topic) + 1}/{len(chapters)}] {topic}: {what}", flush=True)

    for topic in chapters:
        if topic not in stale:
            say(topic, "unchanged")
    with ThreadPoolExecutor(at_once) as pool:
        running = [pool.submit(run, topic) for topic in stale]
        try:
            for notebook in running:
                notebook.result()
        finally:
            pool.shutdown(cancel_futures=True)


def tidy(notebook: NotebookNode) -> NotebookNode:
    """Drop what differs from run to run: times, paths and random cell names."""
    notebook.metadata.pop("papermill", None)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
        tags = cell.metadata.get("tags", [])
        cell.metadata = NotebookNode(tags=["remove-cell", *tags] if "injected-parameters" in tags else tags)
    return notebook


def stage(source: Path, preset: str) -> None:
    """Lay the book's source out like the repository, with the generated pages in their places."""
    shutil.copytree(ROOT / "book", source / "book", ignore=shutil.ignore_patterns("_*", "results", "*.py"))
    shutil.copytree(ROOT / "book/_static", source / "_static")
    shutil.copytree(ROOT / "book/_root", source / "static")
    (source / "book/references.bib").write_text(pages.told_apart((ROOT / "amem/references.bib").read_text()))
    mathjax = Path(
        importlib.metadata.distribution("sphinx-mathjax-offline").locate_file("sphinx-mathjax-offline/static/mathjax")
    )
    for part in ("output/chtml/fonts/woff-v2", "input/tex/extensions"):
        shutil.copytree(mathjax / part, source / "static/mathjax" / part)
    shutil.copy(mathjax / "tex-mml-chtml.js", source / "static/mathjax")

    (source / "notebooks").mkdir()
    chapters = []
    for topic in topics():
        folder = executed(topic, preset)
        shutil.copytree(folder / "figures", source / "static/figures", dirs_exist_ok=True)
        notebook = tidy(nbformat.read(folder / "notebook.ipynb", as_version=4))
        chapters.append(pages.read(topic, notebook))
        nbformat.write(pages.printed(notebook), source / f"notebooks/{topic}.ipynb")
    pages.write(chapters, source, preset)
    for path in source.rglob("*.md"):
        path.write_text(path.read_text().replace("{{ repository }}", pages.repository()["url"]))


def build(source: Path, html: Path) -> None:
    """Sphinx from nothing, each warning an error: an incremental build repeats no warnings of old pages."""
    command = [
        Path(sys.executable).with_name("jupyter-book"), "build", source, "--path-output", html,
        "--config", ROOT / "_config.yml", "--toc", ROOT / "book/_toc.yml", "-W", "-n", "--keep-going", "-q",
    ]  # fmt: skip
    outcome = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if outcome.returncode:
        raise RuntimeError(f"{outcome.stdout}\nthe book has errors, see above; an earlier site is untouched")
    keep_pictures_once(html / "_build/html")
    for topic in topics():  # the download button gives the notebook itself, not the page made of it
        notebook = tidy(jupytext.read(ROOT / f"notebooks/{topic}.py"))
        nbformat.write(notebook, html / f"_build/html/_sources/notebooks/{topic}.ipynb")


def keep_pictures_once(site: Path) -> None:
    """Let pages show the figures' own files and not the copies that Sphinx makes of them."""
    for page in site.rglob("*.html"):
        text = page.read_text()
        page.write_text(text.replace("_images/fig-", "figures/fig-"))
    for copy in (site / "_images").glob("fig-*"):
        copy.unlink()


def site_key(preset: str, device: str) -> str:
    """Everything that the built pages depend on, as one hash."""
    digest = hashlib.sha256("".join(key(topic, preset, device) for topic in topics()).encode())
    book = (path for path in (ROOT / "book").rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    for path in sorted([ROOT / "_config.yml", *book]):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def press(preset: str, device: str) -> None:
    """Bring the site up to date; one run at a time."""
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "press.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RuntimeError("another run of the press is at work in this folder") from None
        old = SCRATCH / "old"
        if old.exists() and not SITE.exists():  # killed between the two renames below
            old.rename(SITE)
        shutil.rmtree(SCRATCH, ignore_errors=True)
        SCRATCH.mkdir(parents=True)

        run_all(preset, device)
        stamp, under = SITE.with_suffix(".key"), site_key(preset, device)
        if SITE.exists() and stamp.exists() and stamp.read_text() == under:
            print("the pages are unchanged", flush=True)
        else:
            print("building the pages …", flush=True)
            stage(SCRATCH / "src", preset)
            build(SCRATCH / "src", SCRATCH / "html")
            stamp.unlink(missing_ok=True)
            if SITE.exists():
                SITE.rename(old)
            (SCRATCH / "html/_build/html").rename(SITE)
            stamp.write_text(under)
        shutil.rmtree(SCRATCH)
    print(f"the book is in {SITE / 'index.html'}; `make serve` shows it at http://127.0.0.1:8000")


def main() -> None:
    parser = argparse.ArgumentParser(description="Run the notebooks and build the site in build/site.")
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    arguments = parser.parse_args()
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # the kernel of this environment, not one of the user's
    try:
        press(arguments.preset, arguments.device)
    except (ValueError, RuntimeError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
