"""The pages in a real browser: at three widths, in light and dark, by keys alone, and without scripts.

Chromium comes from the system (Debian's package `chromium`), the rules of accessibility from axe-core, which
`npm ci` in `tests/clients` fetches.
"""

from __future__ import annotations

import json
import shutil
from collections import deque
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urlencode, urljoin

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from served import served
from tiesgraph.picture import Picture, pictures
from tiesgraph.store import Store

CHROMIUM = shutil.which("chromium")
AXE = Path(__file__).resolve().parent / "clients" / "node_modules" / "axe-core" / "axe.min.js"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: no program chromium is on the path")

WIDTHS = (360, 768, 1440)
SCHEMES = ("light", "dark")

PAGES = [
    "/",
    "/ask",
    "/questions",
    "/questions/two-plus-two-meetings-by-state",
    "/questions/exercises-by-partner-and-year?partner=actor%3Anato&year=",
    "/pictures",
    "/pictures/timeline",
    "/pictures/map",
    "/compare",
    "/search?q=vendemiaire",
    "/data",
    "/report",
    "/report/page/25.html",
    "/report/note/3-45.html",
    "/id/agreement/japan-uk-acsa.html",
    "/id/actor/japan.html",
    "/concept/theme.html",
    "/ontology.html",
    "/explain?subject=exercise%3Aguardian-north-16&predicate=ties%3Ainvolves&object=actor%3Ajapan",
    "/docs",
    "/docs/concepts/level",
    "/shapes.html",
    "/shapes/TallyShape.html",
    "/shapes/FirstDefeated.html",
    "/problem",
]

# Starting the browser's own services would call addresses that nobody here asked for.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def site(graph: Store) -> Iterator[str]:
    """The address of a server of the real graph, which is made before it is started."""
    assert len(graph)
    with served() as (_, url):
        yield url.removesuffix("/sparql")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[BrowserContext]:
    """A window that the tests share, so that a script is fetched once, as by a reader."""
    opened = browser.new_context()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def plain_window(browser: Browser) -> Iterator[BrowserContext]:
    """A window that runs no scripts."""
    opened = browser.new_context(java_script_enabled=False)
    yield opened
    opened.close()


class Watched:
    """A page of the browser that notes what goes wrong in it."""

    def __init__(self, window: BrowserContext, site: str, *, width: int = 1280, height: int = 800) -> None:
        self.page: Page = window.new_page()
        self.page.set_viewport_size(ViewportSize(width=width, height=height))
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on(
            "console", lambda said: self.wrong.append(said.text) if said.type in ("error", "warning") else None
        )
        self.page.on("request", lambda asked: self._look(asked.url, site))
        self.page.on(
            "response", lambda got: self.wrong.append(f"{got.status} {got.url}") if got.status >= 400 else None
        )

    def _look(self, url: str, site: str) -> None:
        if not url.startswith((site, "data:", "blob:")):
            self.wrong.append(f"loads {url}")

    def go(self, address: str) -> None:
        """Open a page, and wait until what its scripts add is there."""
        self.page.goto(address)
        self.page.wait_for_function(_READY)


_READY = """() => document.readyState === 'complete'
    && [...document.querySelectorAll('[data-chart]')].every(place => {
        const drawing = place.querySelector('svg');
        return place.dataset.drawn === 'true' && drawing?.clientWidth <= place.clientWidth + 1;
    })
    && (!document.getElementById('editor') || document.querySelector('.yasqe .CodeMirror'))"""


def axe(page: Page, *rules: str) -> list[str]:
    """What axe-core finds wrong in a page by some rules, or by all of them."""
    session = page.context.new_cdp_session(page)
    # Evaluated by the debugger, so that the page's own policy stays as it is.
    options = json.dumps({"resultTypes": ["violations"], **({"runOnly": rules} if rules else {})})
    library = AXE.read_text(encoding="utf-8")
    run = f"{library}; axe.run({options}).then(found => JSON.stringify(found.violations))"
    told = session.send("Runtime.evaluate", {"expression": run, "awaitPromise": True})
    session.detach()
    violations = json.loads(told["result"]["value"])
    return [f"{one['id']}: {node['html'][:160]}" for one in violations for node in one["nodes"]]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_any_screen_and_nothing_goes_wrong(path: str, window: BrowserContext, site: str) -> None:
    if not AXE.is_file():
        pytest.skip("needs axe-core: run npm ci in tests/clients")
    watched = Watched(window, site)
    watched.go(site + path)
    for scheme in SCHEMES:
        watched.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        for width in WIDTHS:
            watched.page.set_viewport_size(ViewportSize(width=width, height=900))
            watched.page.wait_for_function(_READY)
            over = watched.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert over <= 0, f"{over} pixels too wide at {width} in {scheme}"
        # The scheme changes colours and nothing else; the widest screen shows all there is.
        assert axe(watched.page, *([] if scheme == SCHEMES[0] else ["color-contrast"])) == [], scheme
    watched.page.close()
    assert watched.wrong == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_can_be_read_without_scripts(path: str, plain_window: BrowserContext, site: str) -> None:
    watched = Watched(plain_window, site)
    watched.page.goto(site + path)
    text = watched.page.locator("main").inner_text()
    watched.page.close()
    assert len(text) > 100
    assert watched.wrong == []


def test_a_question_is_asked_and_answered_in_the_editor(window: BrowserContext, site: str) -> None:
    watched = Watched(window, site)
    watched.go(f"{site}/ask?query=SELECT%20%28COUNT%28%2A%29%20AS%20%3Fn%29%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D")
    watched.page.locator(".yasqe_queryButton").click()
    watched.page.locator(".yasr table tbody td").first.wait_for()
    watched.page.close()
    assert watched.wrong == []


def test_an_answer_is_seen_as_table_and_chart_and_taken_away(window: BrowserContext, site: str) -> None:
    watched = Watched(window, site)
    watched.go(f"{site}/ask")
    page = watched.page
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    page.locator("[data-question=students-by-state]").click()
    page.locator(".yasr table tbody td", has_text="Bundeswehr").first.wait_for()
    page.locator(".yasr .select_chart").click()
    page.locator(".yasr [data-chart] svg").first.wait_for()
    for kind in ("line", "point", "bar"):
        page.get_by_label("Drawn as").select_option(kind)
    page.locator(".yasr [data-drawn=true] .mark-rect path").first.wait_for()
    found = axe(page) if AXE.is_file() else []
    csv = page.locator("[data-format=csv]").get_attribute("href")
    again = page.locator("#permalink").get_attribute("href")
    watched.go(f"{site}{again}")
    kept = page.locator("#query").input_value()
    watched.page.close()
    assert httpx.get(f"{site}{csv}").text.startswith("state,students,people,since")
    assert "?students" in kept
    assert found == []
    assert watched.wrong == []


@pytest.mark.parametrize(
    ("typed", "offered"), [("a ties:Agre", "ties:Agreement"), ("ties:entered", "ties:enteredIntoForce")]
)
def test_the_editor_completes_classes_and_properties_of_the_graph(
    typed: str, offered: str, window: BrowserContext, site: str
) -> None:
    watched = Watched(window, site)
    query = "PREFIX ties: <https://w3id.org/tiesgraph/ontology#> SELECT * WHERE { ?it "
    watched.go(f"{site}/ask?{urlencode({'query': query})}")
    page = watched.page
    page.locator(".yasqe .CodeMirror").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(typed)
    page.keyboard.press("Control+Space")
    page.locator(".CodeMirror-hints, .CodeMirror-line", has_text=offered).first.wait_for()
    watched.page.close()
    assert watched.wrong == []


def test_a_prefix_of_ours_declares_itself(window: BrowserContext, site: str) -> None:
    watched = Watched(window, site)
    watched.go(f"{site}/ask?{urlencode({'query': 'SELECT * WHERE { ?it '})}")
    page = watched.page
    page.locator(".yasqe .CodeMirror").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("a ties:")
    page.wait_for_function("document.querySelector('.CodeMirror').CodeMirror.getValue().includes('PREFIX ties: <')")
    watched.page.close()
    assert watched.wrong == []


def test_a_mistake_in_a_query_is_told_under_it(window: BrowserContext, site: str) -> None:
    watched = Watched(window, site)
    watched.go(f"{site}/ask?query=SELECT%20%3Fs%0AWHERE%20%7B%20%3Fs%20tis%3Adate%20%3Fo%20%7D")
    watched.page.locator(".yasqe_queryButton").click()
    watched.page.locator("#told", has_text="tis").wait_for()
    marked = watched.page.locator(".at-fault").count()
    watched.page.close()
    assert marked == 1
    # The browser itself notes that an answer was a 400.
    assert [one for one in watched.wrong if "400" not in one] == []


@pytest.mark.parametrize("picture", pictures(), ids=lambda picture: picture.name)
def test_a_picture_is_drawn_whole_on_a_phone(picture: Picture, window: BrowserContext, site: str) -> None:
    watched = Watched(window, site, width=360)
    watched.go(f"{site}/pictures/{picture.name}")
    box = watched.page.locator("[data-chart]").bounding_box()
    drawing = watched.page.locator("[data-chart] svg").first
    wide = drawing.evaluate("svg => svg.viewBox.baseVal.width || svg.clientWidth")
    marks = drawing.evaluate(
        "svg => [...svg.querySelectorAll('.role-mark path, .role-mark rect')].map(mark => mark.getBoundingClientRect())"
        ".filter(mark => mark.width && mark.height && mark.left >= 0 && mark.right <= innerWidth).length"
    )
    watched.page.close()
    assert box is not None
    assert wide <= box["width"] + 1, "the drawing is scaled down or cut off"
    assert marks >= 10
    assert watched.wrong == []


def test_the_timeline_is_zoomed_by_dragging_over_its_years(window: BrowserContext, site: str) -> None:
    watched = Watched(window, site, height=1000)
    watched.go(f"{site}/pictures/timeline")
    years = "() => [...document.querySelectorAll('[data-chart] .role-axis-label text')].map(label => label.textContent)"
    before = watched.page.evaluate(years)
    under = watched.page.get_by_text("Drag to choose years").bounding_box()
    assert under is not None
    mouse = watched.page.mouse
    mouse.move(under["x"] - 50, under["y"] - 40)
    mouse.down()
    mouse.move(under["x"] + 150, under["y"] - 40, steps=5)
    mouse.up()
    watched.page.wait_for_timeout(300)
    after = watched.page.evaluate(years)
    watched.page.close()
    assert before != after
    assert watched.wrong == []


def test_the_search_is_worked_by_keys_alone(window: BrowserContext, site: str) -> None:
    watched = Watched(window, site)
    watched.go(f"{site}/search")
    watched.page.keyboard.press("/")
    watched.page.keyboard.type("theresa may", delay=10)
    watched.page.locator(".hits a", has_text="Theresa May").first.wait_for()
    watched.page.keyboard.press("ArrowDown")
    watched.page.keyboard.press("Escape")
    assert watched.page.evaluate("document.activeElement.id") == "q"
    watched.page.keyboard.press("ArrowDown")
    watched.page.keyboard.press("Enter")
    watched.page.wait_for_url("**/id/person/theresa-may*")
    watched.page.close()
    assert watched.wrong == []


def test_the_first_stop_of_the_keyboard_leads_to_the_content(window: BrowserContext, site: str) -> None:
    watched = Watched(window, site)
    watched.go(f"{site}/data")
    watched.page.keyboard.press("Tab")
    focused = watched.page.evaluate("document.activeElement.getAttribute('href')")
    watched.page.close()
    assert focused == "#content"


@pytest.mark.parametrize("path", ["/", "/data", "/compare", "/search?q=japan"])
def test_the_keyboard_walks_through_a_page_in_its_order_and_shows_where_it_is(
    path: str, window: BrowserContext, site: str
) -> None:
    watched = Watched(window, site)
    watched.go(site + path)
    places: list[int] = []
    for _ in range(14):
        watched.page.keyboard.press("Tab")
        index, seen = watched.page.evaluate(
            "[[...document.querySelectorAll('*')].indexOf(document.activeElement),"
            " getComputedStyle(document.activeElement).outlineStyle !== 'none']"
        )
        assert seen
        places.append(index)
    watched.page.close()
    assert places[0] > 0
    # The box of the search has the focus from the start, so that its walk begins there.
    assert places == sorted(places)


HOSTILE = """
<https://w3id.org/tiesgraph/id/actor/japan> a <https://w3id.org/tiesgraph/ontology#State> ;
    <http://www.w3.org/2000/01/rdf-schema#label>
        "<img src=x onerror=window.ran=1><script>window.ran=1</script>"@en .
"""


def test_a_hostile_label_in_data_that_somebody_adds_does_not_run(window: BrowserContext, tmp_path: Path) -> None:
    file = tmp_path / "hostile.ttl"
    file.write_text(HOSTILE, encoding="utf-8")
    query = urlencode({"query": "SELECT ?label (1 AS ?n) { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?label }"})
    with served("--data", file) as (_, url):
        site = url.removesuffix("/sparql")
        watched = Watched(window, site)
        for path in ("/id/actor/japan.html", f"/ask?{query}"):
            watched.go(site + path)
            if path.startswith("/ask"):
                watched.page.locator(".yasqe_queryButton").click()
                watched.page.locator(".yasr table tbody td", has_text="onerror").first.wait_for()
                watched.page.locator(".yasr .select_chart").click()
                watched.page.locator(".yasr [data-drawn=true]").wait_for()
            else:
                assert "onerror" in watched.page.locator("main").inner_text()
            assert watched.page.evaluate("window.ran") is None
        watched.page.close()
    # The editor's library parses what it then cleans; that the policy has to step in is said, and is as it should be.
    assert [one for one in watched.wrong if "Content Security Policy" not in one] == []


class Links(HTMLParser):
    """The addresses that a page leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [
            value for name, value in attrs if tag in ("a", "link", "script") and name in ("href", "src") and value
        ]


def links(text: str) -> list[str]:
    parser = Links()
    parser.feed(text)
    return parser.found


MOST = 900
"""How many addresses the walk looks at: all of the site's own pages, and resources as they come."""


def test_every_link_that_a_walk_through_the_site_meets_is_answered(site: str) -> None:
    waiting = deque(site + path for path in PAGES)
    seen, broken = set(waiting), []
    with httpx.Client(follow_redirects=True, headers={"Accept": "text/html,*/*;q=0.5"}, timeout=60) as client:
        while waiting:
            address = waiting.popleft()
            got = client.get(address)
            if got.status_code >= 400:
                broken.append(f"{got.status_code} {address}")
            if "html" not in got.headers.get("content-type", "") or len(seen) >= MOST:
                continue
            for target in links(got.text):
                to = urldefrag(urljoin(str(got.url), target)).url
                if to.startswith(site) and to not in seen and len(seen) < MOST:
                    seen.add(to)
                    waiting.append(to)
    assert len(seen) > 300
    assert broken == []
