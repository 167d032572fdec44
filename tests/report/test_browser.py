import shutil

import pytest

from comine.report.page import page
from comine.report.view import View
from tests.report.fake_study import study

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DRAWN = "document.documentElement.dataset.drawn === {language!r}"
OVERLAP = """() => [...document.querySelectorAll('figure.chart')].filter(
  f => f.scrollWidth > f.clientWidth + 1).map(f => f.id)"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    from playwright.sync_api import sync_playwright

    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_text(page(View(study())), encoding="utf-8")
    said = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        tab = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.on(
            "request",
            lambda request: said.append(request.url) if "http" in request.url[:5] else None,
        )
        tab.goto(file.as_uri())
        tab.wait_for_function(DRAWN.format(language="en"), timeout=60000)
        yield tab, said
        browser.close()


def test_page_in_a_browser(opened):
    tab, said = opened
    assert tab.evaluate("document.documentElement.lang") == "en"
    plots = tab.locator(".plot").count()
    assert plots > 20
    assert tab.locator(".plot svg.main-svg").count() >= 2 * plots
    assert tab.evaluate(OVERLAP) == []

    tab.get_by_role("button", name="中文").click()
    tab.wait_for_function(DRAWN.format(language="zh"), timeout=60000)
    assert tab.get_by_role("heading", name="主要结论").is_visible()
    assert not tab.get_by_role("heading", name="Headline").is_visible()
    assert tab.locator("#plot-geotherm .ytitle").text_content() == "深度 [m]"
    assert tab.evaluate("""document.fonts.check('16px "Comine Sans"', '岩')""")
    assert tab.evaluate("[...document.fonts].map(f => f.status)") == ["loaded"]

    tab.reload()
    tab.wait_for_function(DRAWN.format(language="zh"), timeout=60000)
    tab.set_viewport_size({"width": 390, "height": 800})
    tab.wait_for_function("document.documentElement.scrollWidth <= 390", timeout=10000)
    assert said == []
