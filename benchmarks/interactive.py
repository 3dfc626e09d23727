"""How long a person waits on Explain, from the key or click to the painted maps: another strength, another class.

    python -m benchmarks.interactive [TIMES]      needs cifar10 in MLCORE_HOME, and a browser

A warm server, the starter, four methods, their tests switched on as they are for everybody. A class is "at hand" when
the page has worked its maps out while the person looked; "not at hand yet" is one that is chosen as soon as the first
maps are there, timed from outside to half a second.
"""

import sys
import time

from benchmarks.measure import show, summary, write
from benchmarks.server import ROOT, browser, server
from mlcore.home import home

PAGE = "explain?model=animals-and-vehicles&picture=data:cifar10:test"
METHODS, CLASSES = 4, 10
BEGIN = """() => {
    for (const kind of ['keydown', 'pointerup'])
        document.addEventListener(kind, (event) => { window.began = event.timeStamp }, true)
}"""
WATCH = """(stack) => {
    const heat = stack.querySelector('.heat')
    const painted = () => heat.decode().then(() => requestAnimationFrame(() =>
        requestAnimationFrame(() => { window.drawn.push(performance.now() - window.began) })))
    new MutationObserver(painted).observe(stack, { attributes: true, attributeFilter: ['style'] })
    new MutationObserver(painted).observe(heat, { attributes: true, attributeFilter: ['src'] })
}"""


def waited(page, act) -> float:
    """Milliseconds until the last of the maps was painted anew for the first time."""
    count = page.locator(".stack").count()
    page.evaluate("window.drawn = []")
    act()
    page.wait_for_function(f"window.drawn.length >= {count}", timeout=60000)
    return sorted(page.evaluate("window.drawn"))[count - 1]


def choose(page, name: str):
    """Open the picker; gives what takes the class out of it."""
    page.get_by_role("combobox", name="Class to explain").click()
    option = page.get_by_role("option", name=name, exact=True)
    option.wait_for()
    return option.click


def opened(page, address: str, picture: int) -> None:
    """The page with its maps drawn, and looked after."""
    page.goto(f"{address}/{PAGE}:{picture}")
    page.locator(".stack").nth(METHODS - 1).wait_for(timeout=60000)
    page.evaluate(BEGIN)
    for stack in page.locator(".stack").all():
        stack.evaluate(WATCH)


def until_drawn(page, name: str) -> float:
    """Seconds from choosing a class to all its maps."""
    click = choose(page, name)
    began = time.perf_counter()
    click()
    page.locator(f'.stack[aria-label$="for {name}"]').nth(METHODS - 1).wait_for(timeout=60000)
    return time.perf_counter() - began


def until_at_hand(page) -> float:
    """Seconds until the maps of every class are at hand in the browser."""
    began = time.perf_counter()
    every = f"maps.length === {METHODS} && maps.every((each) => Object.keys(each).length >= {CLASSES - 1})"
    page.wait_for_function(
        f"(() => {{ const maps = Object.values(window.vitrineMaps ?? {{}}); return {every} }})()", timeout=120000
    )
    return time.perf_counter() - began


def main(times: int = 10) -> None:
    """Measure, show, keep."""
    strength, early, late, ready = [], [], [], []
    with server(ROOT / "app.py", home()) as (address, _), browser() as chromium:
        page = chromium.new_page(viewport={"width": 1440, "height": 1400})
        opened(page, address, 0)
        page.wait_for_timeout(10000)  # everything loaded
        for picture in range(1, 4):
            opened(page, address, picture)
            chosen = page.get_by_role("combobox", name="Class to explain").input_value()
            early.append(until_drawn(page, "truck" if chosen != "truck" else "ship"))
            ready.append(until_at_hand(page))
        slider = page.get_by_role("slider", name="Overlay strength")
        names = page.evaluate("Object.keys(Object.values(window.vitrineMaps)[0])")
        for number in range(times):
            key = "ArrowLeft" if number % 10 < 5 else "ArrowRight"
            strength.append(waited(page, lambda key=key: slider.press(key)))
            page.wait_for_timeout(1000)
            late.append(waited(page, choose(page, names[number % len(names)])))
            page.wait_for_timeout(5000)
    waits = {"strength": strength, "a class at hand": late}
    results = {title: {"milliseconds": summary(values)} for title, values in waits.items()}
    results["a class not at hand yet"] = {"seconds": summary(early)}
    results["from its maps to every class at hand"] = {"seconds": summary(ready)}
    show(results)
    write("interactive", results, f"python -m benchmarks.interactive {times}")


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:]))
