"""The built site, in Chromium and as files: it renders, it is whole, and it asks nobody for anything."""

import csv
import gzip
import hashlib
import json
import re
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from browser import Page, Rendered, Server, render, serve
from PIL import Image

from amem.book.drawings import drawings
from amem.book.questions import part, questions

FIGURE_IDS = Path(__file__).parent / "figure_ids.txt"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    """Every page of the site by its path."""
    paths = [path for path in site.rglob("*.html") if "_static" not in path.parts]
    return {str(path.relative_to(site)): Page(path.read_text()) for path in paths}


@pytest.fixture(scope="module")
def server(site: Path):
    with serve(site) as running:
        yield running


@pytest.fixture(scope="module")
def rendered(pages: dict[str, Page], server: Server) -> dict[str, Rendered]:
    """Every page of the site, opened in Chromium."""
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(pages, pool.map(lambda page: render(f"{server.address}/{page}"), pages), strict=True))


def complaints(result: Rendered) -> list[str]:
    """What a page says when opened as a file, but for the icon fonts that no browser preloads from there."""
    return [text for text in result.console if "file://" not in text or "/webfonts/" not in text]


def test_every_page_renders(rendered: dict[str, Rendered]) -> None:
    shown = {page: re.search(r"<h1>.*?\w.*?</h1>", result.dom, re.DOTALL) for page, result in rendered.items()}
    blank = [page for page, heading in shown.items() if heading is None]
    assert blank in ([], ["genindex.html"])
    assert {"book/intro.html", "book/gallery.html", "book/scoreboard.html"} <= rendered.keys()


def test_no_page_writes_to_the_console(rendered: dict[str, Rendered]) -> None:
    # a script error, a file that is missing, a request to another host
    assert {page: result.console for page, result in rendered.items() if result.console} == {}


def test_the_server_had_everything(rendered: dict[str, Rendered], server: Server) -> None:
    assert len(server.log) > len(rendered)
    assert [request for request in server.log if request[1] >= 400] == []


def test_no_page_loads_from_another_host(site: Path, pages: dict[str, Page]) -> None:
    foreign = {page: [url for url in parsed.loads if urlsplit(url).netloc] for page, parsed in pages.items()}
    assert {page: urls for page, urls in foreign.items() if urls} == {}
    for sheet in site.rglob("*.css"):
        assert re.findall(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//[^)'\"]+", sheet.read_text()) == [], sheet


def test_all_links_and_anchors_resolve(site: Path, pages: dict[str, Page]) -> None:
    broken = []
    for page, parsed in pages.items():
        for link in parsed.links:
            url = urlsplit(link)
            if url.scheme or url.netloc or link in ("", "#"):
                continue
            target = (site / page).parent / unquote(url.path) if url.path else site / page
            target = target / "index.html" if target.is_dir() else target
            path = str(target.resolve().relative_to(site.resolve())) if target.exists() else None
            if path is None or (url.fragment and path in pages and unquote(url.fragment) not in pages[path].anchors):
                broken.append(f"{page}: {link}")
    assert broken == []


def test_every_image_has_alt_text(pages: dict[str, Page]) -> None:
    images = [(page, image) for page, parsed in pages.items() for image in parsed.images]
    assert [image for image in images if not image[1].get("alt", "").strip()] == []
    assert len(images) > 3 * len(drawings())


def test_formulas_are_set(rendered: dict[str, Rendered]) -> None:
    doms = {page: result.dom for page, result in rendered.items() if 'class="math' in result.dom}
    assert doms
    assert [page for page, dom in doms.items() if "<mjx-container" not in dom or "<mjx-merror" in dom] == []


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_scrolls_sideways(pages: dict[str, Page], server: Server, width: int) -> None:
    # each page in a frame that wide: wide tables and formulas must scroll in boxes of their own
    paths = [page for page in pages if page != "index.html"]
    frames = "".join(f"<iframe src='/{page}' width={width} height=900></iframe>" for page in paths)
    script = """onload = () => setTimeout(() => {
        const excess = [...document.querySelectorAll('iframe')].map(frame => {
            const root = frame.contentDocument.documentElement;
            return root.scrollWidth - root.clientWidth;
        });
        document.body.innerHTML = '<pre>' + JSON.stringify(excess) + '</pre>';
    }, 5000)"""
    server.extra["/frames"] = f"<!DOCTYPE html><body>{frames}<script>{script}</script></body>"
    excess = json.loads(re.search(r"<pre>(.*)</pre>", render(f"{server.address}/frames").dom)[1])
    assert [(page, by) for page, by in zip(paths, excess, strict=True) if by > 0] == []


def test_on_paper_no_code_is_cut_off(pages: dict[str, Page], server: Server) -> None:
    # the rules for print, in force on the screen: a box that scrolls there is cut off at its edge on paper
    paths = [page for page in pages if page.startswith(("notebooks/", "figures/"))]
    frames = "".join(f"<iframe src='/{page}' width=680 height=900></iframe>" for page in paths)
    script = """onload = () => setTimeout(() => {
        const cut = [...document.querySelectorAll('iframe')].map(frame => {
            const page = frame.contentDocument, style = page.createElement('style');
            for (const sheet of page.styleSheets)
                for (const rule of sheet.cssRules)
                    if (rule instanceof frame.contentWindow.CSSMediaRule && rule.conditionText === 'print')
                        style.textContent += [...rule.cssRules].map(inner => inner.cssText).join('\\n');
            page.head.append(style);
            return [...page.querySelectorAll('pre')].filter(box => box.scrollWidth > box.clientWidth + 1).length;
        });
        document.body.innerHTML = '<pre>' + JSON.stringify(cut) + '</pre>';
    }, 5000)"""
    server.extra["/printed"] = f"<!DOCTYPE html><body>{frames}<script>{script}</script></body>"
    cut = json.loads(re.search(r"<pre>(.*)</pre>", render(f"{server.address}/printed").dom)[1])
    assert len(cut) == len(paths) > 6
    assert [(page, boxes) for page, boxes in zip(paths, cut, strict=True) if boxes] == []


@pytest.mark.parametrize("address", ["http", "file"])
def test_the_search_finds_pages_without_a_network(site: Path, server: Server, address: str) -> None:
    start = server.address if address == "http" else site.as_uri()
    result = render(f"{start}/search.html?q=likelihood")
    found = re.search(r'<ul class="search">(.*?)</ul>', result.dom, re.DOTALL)
    assert found and "intro.html" in found[1]
    assert address == "file" or result.console == []  # no browser fetches the excerpts of what it found from files


def test_the_pages_open_as_files(site: Path, pages: dict[str, Page]) -> None:
    some = ["book/intro.html", *[page for page in pages if page.startswith("notebooks/")][:1]]
    for page in some:
        result = render(f"{site.as_uri()}/{page}")
        assert complaints(result) == [], page
        assert "<mjx-container" in result.dom, page


def test_figure_ids_are_for_ever() -> None:
    known = FIGURE_IDS.read_text().split()
    assert known == sorted(known)
    assert set(known) - drawings().keys() == set(), "a figure disappeared: readers may have cited it"
    assert drawings().keys() - set(known) == set(), f"new figures: add them to {FIGURE_IDS.name}"


def test_every_figure_stands_numbered_in_its_chapter(pages: dict[str, Page], rendered: dict[str, Rendered]) -> None:
    for drawing in drawings().values():
        page = f"notebooks/{drawing.experiment.chapter}.html"
        assert drawing.id in pages[page].anchors, drawing.id
        figure = re.search(rf'<figure[^>]*id="{drawing.id}".*?</figure>', rendered[page].dom, re.DOTALL)[0]
        assert re.search(r"Figure \d+\.\d+", figure), drawing.id
        for target in (".html", f".html#{drawing.id}-drawing", f".html#{drawing.id}-experiment"):
            assert f'href="../figures/{drawing.id}{target}"' in figure, (drawing.id, target)
        assert re.search(rf'href="../figures/{drawing.id}\.csv(\.gz)?"', figure), drawing.id


def test_every_figure_has_its_page_and_its_files(site: Path, pages: dict[str, Page]) -> None:
    for name in drawings():
        page = site / f"figures/{name}.html"
        text = page.read_text()
        assert f"python -m amem rebuild {name}" in re.sub(r"<[^>]+>", "", text), name
        assert f"@misc{{{name}," in re.sub(r"<[^>]+>", "", text), name
        files = {Path(file).name: page.parent / file for file in pages[f"figures/{name}.html"].downloads}
        assert {f"{name}.{kind}" for kind in ("svg", "png", "pdf", "json")} <= files.keys()
        ET.parse(files[f"{name}.svg"])
        Image.open(files[f"{name}.png"]).verify()
        assert files[f"{name}.pdf"].read_bytes().startswith(b"%PDF")
        card = json.loads(files[f"{name}.json"].read_text())["card"]
        data = next(file for file in files.values() if ".csv" in file.name)
        table = gzip.decompress(data.read_bytes()) if data.suffix == ".gz" else data.read_bytes()
        assert hashlib.sha256(table).hexdigest() == card["sha256"], name  # the table of another run beside the card
        rows = list(csv.reader(table.decode().splitlines()))
        assert rows[0] == list(card["columns"]) and len(rows) == card["rows"] + 1, name
        assert card["sha256"] in text, name


def test_the_site_is_light(site: Path) -> None:
    """Every picture stands in it once; six megabytes a chapter."""
    weight = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    assert weight <= 6e6 * len({drawing.experiment.chapter for drawing in drawings().values()}) + 4e6
    assert list((site / "_images").glob("fig-*")) == []


def test_the_gallery_shows_every_figure(pages: dict[str, Page]) -> None:
    leads = {Path(urlsplit(link).path).stem for link in pages["book/gallery.html"].links}
    assert drawings().keys() <= leads
    assert len(pages["book/gallery.html"].images) >= len(drawings())


def test_the_scoreboard_lists_every_claim(pages: dict[str, Page]) -> None:
    found = (part(question, "claims") for question in questions())
    claims = [claim.id for module in found if module for claim in module.CLAIMS]
    assert claims
    assert [claim for claim in claims if claim not in pages["book/scoreboard.html"].anchors] == []


def test_the_first_page_leads_into_the_book(rendered: dict[str, Rendered]) -> None:
    assert "A companion to the papers" in rendered["index.html"].dom
