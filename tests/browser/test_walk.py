"""From Start to a verdict in a real browser, on a desk and on a phone."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from analytics.warehouse import open_warehouse
from tests.browser.conftest import READY, Visit, running_app

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]


def heading(tab: Visit) -> str:
    return tab.page.locator("h1").first.inner_text()


@pytest.mark.parametrize("width", [1280, 390])
def test_start_to_trends_to_a_verdict(visit: Open, width: int) -> None:
    tab = visit(width)
    tab.go("/")
    checked = [check(tab)]
    tab.follow("Outcome trends")
    assert heading(tab) == "Outcome trends"
    checked.append(check(tab))
    tab.go("/trends?more=cla_rate,rereferral_pct")
    tab.page.get_by_text("Your own comparator sets").click()
    tab.page.get_by_text("Table and files of this chart").first.click()
    tab.settle()
    checked.append(check(tab))
    tab.go("/")
    tab.follow("Impact")
    for button in ("Continue to comparators", "Continue to what could be seen", "Show the result"):
        checked.append(check(tab))
        tab.press(button)
    assert tab.page.locator(".verdict .word").inner_text() in (
        "Cannot tell",
        "No clear change",
        "Evidence of a change",
    )
    checked.append(check(tab))
    for path in ("/profile", "/neighbours", "/authorities", "/authorities?by=all", "/many", "/planner", "/data"):
        tab.go(path)
        checked.append(check(tab))
    assert [finding for page in checked for finding in page] == []
    assert tab.errors == []
    assert tab.outside == []


def check(tab: Visit) -> list[str]:
    """What is wrong with the page now open: barriers, a page wider than its window, no banner."""
    wide = tab.overflow()
    banner = tab.page.get_by_text("Illustrative: invented authorities and figures.").count()
    return [
        *tab.barriers(),
        *([f"{tab.page.url} is {wide} pixels too wide"] if wide > 0 else []),
        *([] if banner else [f"{tab.page.url} has no banner"]),
    ]


@pytest.mark.parametrize("path", ["/trends", "/data"])
def test_the_first_visit_of_all_may_be_a_deep_link(browser, illustrative: Path, tmp_path: Path, path: str) -> None:
    # Until app.py has run once, Streamlit takes each file in pages/ for a page: see pages/parts/entrance.py.
    with running_app(illustrative, tmp_path / "log.txt") as address:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address + path)
        page.wait_for_selector(READY, timeout=60_000)
        page.get_by_text("Illustrative: invented authorities and figures.").first.wait_for(timeout=20_000)
        page.wait_for_timeout(500)
        links = page.locator('[data-testid="stSidebarNavLink"]').all_inner_texts()
        assert [link.strip() for link in links] == [
            "Start",
            "Outcome trends",
            "Authority profile",
            "Statistical neighbours",
            "All authorities",
            "Impact",
            "Many at once",
            "Power planner",
            "Data",
        ]
        assert page.get_by_text("Page not found").count() == 0
        page.close()


def test_choices_go_into_the_address_and_back_undoes_the_last(visit: Open) -> None:
    tab = visit()
    tab.go("/trends?indicator=cla_rate")
    assert "indicator=cla_rate" in tab.page.url
    tab.choose("Indicator", "Re-referrals within 12 months")
    assert "indicator=rereferral_pct" in tab.page.url
    assert "Re-referrals within 12 months: how has this changed" in tab.page.inner_text("h2 >> nth=0")
    tab.page.go_back()
    tab.settle()
    assert "indicator=cla_rate" in tab.page.url
    assert "Children looked after at 31 March: how has this changed" in tab.page.inner_text("h2 >> nth=0")


def test_back_leads_out_of_a_page(visit: Open) -> None:
    tab = visit()
    tab.go("/")
    tab.follow("Outcome trends")
    for _ in range(3):
        if heading(tab) != "Outcome trends":
            break
        tab.page.go_back()
        tab.settle()
    assert heading(tab).startswith("Where a council changed")


def test_the_authority_chosen_at_the_start_is_shown_on_the_next_page(visit: Open) -> None:
    tab = visit()
    tab.go("/")
    box = tab.page.get_by_role("combobox", name="My authority")
    box.click()
    name = tab.page.get_by_role("option").nth(4).inner_text()
    tab.page.keyboard.press("Escape")
    tab.choose("My authority", name)
    tab.follow("Outcome trends")
    assert f"Illustrative: {name}:" in tab.page.inner_text(".answer")


def test_an_own_set_is_made_and_carried_by_the_address(visit: Open, illustrative: Path) -> None:
    tab = visit()
    tab.go("/trends")
    tab.page.get_by_text("Your own comparator sets").click()
    tab.settle()
    tab.page.get_by_role("textbox", name="Name of the set").fill("Coast")
    tab.page.keyboard.press("Enter")
    areas = open_warehouse(illustrative).ask("areas")
    for name in areas.name[areas.kind == "authority"][3:6]:
        tab.choose("Authorities in the set", name)
    tab.page.keyboard.press("Escape")
    tab.press("Save this set")
    assert "sets=Coast." in tab.page.url
    assert "the set “Coast”" in tab.page.inner_text(".answer")


def test_a_hexagon_chooses_its_authority_and_can_be_pressed_again(visit: Open, illustrative: Path) -> None:
    tab = visit()
    tab.go("/authorities")
    tiles = open_warehouse(illustrative).ask("tiles")
    one, other = tiles.iloc[20], tiles.iloc[70]

    def chosen() -> str:
        return tab.page.get_by_role("combobox", name="Authority").first.input_value()

    def press_hexagon(short: str) -> None:
        hexagon = tab.page.locator('[class*="_wide"] svg.marks text', has_text=re.compile(f"^{short}$")).first
        hexagon.scroll_into_view_if_needed()
        hexagon.click(force=True)
        tab.page.wait_for_timeout(1000)  # a press is sent a moment later
        tab.settle()

    press_hexagon(one.short)
    assert (chosen(), f"la={one.area_code}" in tab.page.url) == (one["name"], True)
    tab.choose("Authority", other["name"])
    assert chosen() == other["name"]
    press_hexagon(one.short)  # the same hexagon, after another was chosen from the list
    assert chosen() == one["name"]
    assert f"{one['name']}, at " in tab.page.inner_text(".answer")
    assert tab.errors == []


@pytest.mark.parametrize(("word", "ending"), [("CSV", "csv"), ("XLSX", "xlsx"), ("PNG", "png"), ("SVG", "svg")])
def test_downloads(visit: Open, tmp_path: Path, word: str, ending: str) -> None:
    tab = visit()
    tab.go("/trends")
    with tab.page.expect_download() as waiting:
        tab.page.get_by_role("button", name=f"Download {word}").first.click()
    name = waiting.value.suggested_filename
    assert re.fullmatch(rf"illustrative-[a-z0-9-]+-cpp-rate-2013-2025\.{ending}", name)
    file = tmp_path / name
    waiting.value.save_as(file)
    content = file.read_bytes()
    if ending == "csv":
        rows = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
        assert {row["note"] for row in rows} == {"Illustrative: invented authorities and figures."}
        assert {row["link"].partition("?")[0] for row in rows} == {f"{tab.address}/trends"}
    else:
        starts = {"png": b"\x89PNG", "xlsx": b"PK", "svg": b"<svg"}
        assert content.startswith(starts[ending])
        assert ending != "svg" or b"Illustrative" in content


@pytest.mark.parametrize("width", [1280, 390])
def test_an_indicator_is_found_and_chosen_by_keyboard_alone(visit: Open, width: int) -> None:
    tab = visit(width)
    tab.go("/trends")
    tab.page.get_by_role("button", name="Find an indicator").focus()
    tab.page.keyboard.press("Enter")
    tab.settle()
    box = tab.page.get_by_role("textbox", name="Words of its title, theme or definition")
    box.focus()
    tab.page.keyboard.type("re-referal")
    tab.page.keyboard.press("Enter")
    tab.settle()
    found = [*check(tab)]
    tab.page.get_by_role("button", name="Re-referrals within 12 months").first.focus()
    tab.page.keyboard.press("Enter")
    tab.settle()
    assert "indicator=rereferral_pct" in tab.page.url
    assert box.count() == 0
    assert found == []


def test_the_address_of_a_view_can_be_copied_and_leads_back_to_it(visit: Open) -> None:
    tab = visit()
    tab.go("/trends?indicator=cla_rate")
    tab.page.get_by_text("Copy this view’s address").click()
    shown = tab.page.get_by_test_id("stCode").last.inner_text().strip()
    assert shown.startswith(f"{tab.address}/trends?") and "indicator=cla_rate" in shown
    held = parse_qs(tab.page.url.partition("?")[2], keep_blank_values=True)
    tab.go(shown.removeprefix(tab.address))
    assert parse_qs(tab.page.url.partition("?")[2], keep_blank_values=True) == held


def test_the_analysis_can_be_taken_away(visit: Open, tmp_path: Path) -> None:
    tab = visit()
    tab.go("/impact?model=MODEL_A&step=3")
    with tab.page.expect_download() as waiting:
        tab.page.get_by_role("button", name="Save this specification (TOML)").click()
    saved = tmp_path / "spec.toml"
    waiting.value.save_as(saved)
    assert 'model = "MODEL_A"' in saved.read_text(encoding="utf-8")
    tab.press("Show the result")
    with tab.page.expect_download() as waiting:
        tab.page.get_by_role("button", name="Download every file of this analysis (ZIP)").click()
    assert waiting.value.suggested_filename.startswith("illustrative-impact-")


def test_a_profile_prints_without_menus_and_buttons_and_whole(visit: Open, tmp_path: Path) -> None:
    tab = visit()
    tab.go("/profile")
    tab.page.emulate_media(media="print")
    for kind in ("stSidebar", "stSelectbox", "stDownloadButton", "stExpander"):
        assert not tab.page.locator(f'[data-testid="{kind}"]').first.is_visible(), kind
    assert tab.page.locator(".answer").is_visible()
    assert tab.page.get_by_text("Illustrative: invented authorities and figures.").first.is_visible()
    # Paper has no window of its own to scroll in: what is hidden below one would not be printed.
    inside = tab.page.evaluate(
        """() => [...document.querySelectorAll('[data-testid="stMain"], [data-testid="stAppViewContainer"]')]
            .every(e => getComputedStyle(e).overflowY === 'visible')"""
    )
    assert inside
    paper = tab.page.pdf(path=tmp_path / "profile.pdf", prefer_css_page_size=True)
    assert paper.count(b"/Type /Page\n") >= 3


def test_a_browser_that_prefers_dark_still_gets_the_light_theme(visit: Open) -> None:
    tab = visit(color_scheme="dark")
    tab.go("/")
    ground = tab.page.evaluate("getComputedStyle(document.querySelector('[data-testid=\"stApp\"]')).backgroundColor")
    assert ground == "rgb(255, 255, 255)"


def test_text_is_large_enough_to_read(visit: Open) -> None:
    tab = visit(390)
    tab.go("/trends")
    size = tab.page.evaluate(
        "parseFloat(getComputedStyle(document.querySelector('[data-testid=\"stMain\"] p')).fontSize)"
    )
    assert size >= 18
    axis = tab.page.evaluate(
        """Math.min(...[...document.querySelectorAll('[data-testid="stVegaLiteChart"] svg text')]
            .map(t => parseFloat(t.getAttribute('font-size') || t.style.fontSize)).filter(Boolean))"""
    )
    assert axis >= 12


def test_words_on_buttons_can_be_read(visit: Open) -> None:
    # axe leaves some buttons undecided, so the colours that a browser computes are compared here.
    tab = visit()
    tab.go("/impact?step=3")
    tab.page.get_by_role("button", name="Show the result").wait_for()  # a first analysis takes its time
    pairs = tab.page.evaluate(
        """() => [...document.querySelectorAll('[data-testid="stMain"] button')].filter(b => b.innerText.trim()).map(b => {
            const words = b.querySelector('p') || b;
            return [b.innerText, getComputedStyle(words).color, getComputedStyle(b).backgroundColor]; })"""
    )
    assert any(words.startswith("Show the result") for words, *_ in pairs)
    for words, ink, ground in pairs:
        assert contrast(colour(ink), colour(ground)) >= 4.5, (words, ink, ground)


def colour(text: str) -> tuple[float, ...]:
    """Red, green and blue (0 to 255) of a computed colour; what is see-through shows the white page."""
    red, green, blue, *alpha = (float(n) for n in re.findall(r"[\d.]+", text))
    return (255.0, 255.0, 255.0) if alpha == [0.0] else (red, green, blue)


def contrast(one: tuple[float, ...], two: tuple[float, ...]) -> float:
    """Contrast ratio of two colours (WCAG 2.2, 1 to 21)."""

    def luminance(rgb: tuple[float, ...]) -> float:
        parts = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
