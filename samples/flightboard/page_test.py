# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""The page in a real browser without a screen: Debian's chromium (tools/setup --browser).

    page_test.py FLIGHTBOARD [SCREENSHOT.png]

With SCREENSHOT the picture is kept there: docs/flightboard.png was made that way. Without chromium
the test says that it is skipped.
"""

import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

FLIGHTBOARD = os.path.abspath(sys.argv[1])
SCREENSHOT = os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 else None
DEADLINE_SECONDS = 240
# Of the page's own clock: it stands still while an answer is awaited.
VIRTUAL_MILLISECONDS = 10_000


def expect(condition, words):
    if not condition:
        sys.exit("FAILED: " + words)
    print("ok:", words)


# Room for the pipes of a browser; 3 and 4 are where it wants them.
FREE_FD = 20


class Browser:

    def __init__(self, program, folder):
        self.program = program
        self.folder = folder

    def command(self, *arguments):
        return [self.program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
                f"--user-data-dir={self.folder}/profile", "--window-size=1280,1180", *arguments]

    def environment(self):
        return {**os.environ, "HOME": self.folder}

    def run(self, url, *arguments):
        done = subprocess.run(
            self.command(f"--virtual-time-budget={VIRTUAL_MILLISECONDS}", *arguments, url),
            capture_output=True, text=True, check=False, timeout=DEADLINE_SECONDS,
            env=self.environment())
        expect(done.returncode == 0, f"the browser ends well\n{done.stderr[-2000:]}"
               if done.returncode else "the browser ends well")
        return done.stdout


class Tab:
    """A page that is used: the browser's debugging protocol over a pair of pipes."""

    def __init__(self, browser, url):
        there, self.to = os.pipe()
        self.back, here = os.pipe()
        ends = [fcntl.fcntl(fd, fcntl.F_DUPFD, FREE_FD) for fd in (there, here)]
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{ends[0]} 4>&{ends[1]}', "bash",
             *browser.command("--remote-debugging-pipe")],
            pass_fds=ends, env=browser.environment(), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        for fd in (there, here, *ends):
            os.close(fd)
        self.number, self.received, self.session = 0, b"", None
        target = self.call("Target.createTarget", url=url)["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target,
                                 flatten=True)["sessionId"]

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session is not None:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self.received:
                piece = os.read(self.back, 1 << 16)
                if not piece:
                    sys.exit("FAILED: the browser has gone away")
                self.received += piece
            text, _, self.received = self.received.partition(b"\0")
            answer = json.loads(text)
            if answer.get("id") == self.number:
                # Nothing: the page went elsewhere meanwhile.
                return answer.get("result", {})

    def get(self, expression):
        """The value of a JavaScript expression."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return result.get("result", {}).get("value")

    def click(self, element):
        """A real click into the middle of what an expression gives."""
        x, y = self.get(f"(e => {{ e.scrollIntoView(); const r = e.getBoundingClientRect();"
                        f" return [r.x + r.width / 2, r.y + r.height / 2]; }})({element})")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, key):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key)

    def close(self):
        os.close(self.to)  # it ends itself and its helpers then
        try:
            self.process.wait(timeout=DEADLINE_SECONDS)
        finally:
            self.process.kill()
            self.process.wait()
            os.close(self.back)


COLUMN = "[...document.querySelectorAll('#rows tr')].map(row => row.children[%d].textContent)"


def use(tab):
    until = time.monotonic() + DEADLINE_SECONDS
    while not tab.get("document.body && document.body.dataset.loaded"):
        if time.monotonic() > until:
            sys.exit("FAILED: the page is not loaded")
        time.sleep(0.02)
    head = "document.querySelectorAll('#heads button')[%d]"
    sort = "[...document.querySelectorAll('#heads th')].map(h => h.getAttribute('aria-sort'))"
    for column, first, second in [(3, True, False), (0, False, True)]:
        for is_descending in (first, second):
            tab.click(head % column)
            cells = tab.get(COLUMN % column)
            if column == 3:
                cells = [int(cell.replace(",", "")) for cell in cells]
            expect(len(cells) == 224 and cells == sorted(cells, reverse=is_descending),
                   f"a click on head {column} sorts, {'de' if is_descending else 'a'}scending")
            expect(tab.get(sort)[column] == ("descending" if is_descending else "ascending"),
                   "the head says so")
    tab.get("document.querySelector('#map circle').focus()")
    tab.press("ArrowRight")
    second = tab.get("document.querySelectorAll('#map circle')[1].dataset.iata")
    tab.press("Enter")
    expect(tab.get("document.querySelector('#detail').textContent").startswith(second),
           "keys go over the map and choose an airport")
    tab.click("document.querySelector('#find')")
    tab.call("Input.insertText", text="las vegas")
    expect(tab.get(COLUMN % 0) == ["LAS"], "an airport is found by its city")
    expect("no arrivals" in tab.get("document.querySelector('#legend').textContent"),
           "the legend knows airports without arrivals")


def look(browser, url, folder):
    dom = browser.run(url, "--dump-dom")
    expect('data-loaded="true"' in dom, "the board is loaded")
    rows = re.findall(r'<tr data-iata="(\w+)"', dom)
    expect(len(rows) == len(set(rows)) == 224, f"the table has a row for each airport: {len(rows)}")
    expect(rows[0] == "PBI", "the worst airport with at least 50 arrivals comes first")
    expect('aria-sort="descending"' in dom, "the table says how it is sorted")
    circles = re.findall(r'<circle [^>]*class="(d\d|none)( few)?"[^>]*data-iata="(\w+)"', dom)
    expect(len(circles) >= 200, f"the map has circles: {len(circles)}")
    expect(len({colour for colour, _, _ in circles}) >= 4, "they have different colours")
    expect("20,000" in dom, "the number of flights is shown")
    picture = SCREENSHOT or os.path.join(folder, "page.png")
    browser.run(url, f"--screenshot={picture}")
    with open(picture, "rb") as file:
        expect(file.read(8) == b"\x89PNG\r\n\x1a\n", "there is a picture of it")


def main():
    program = shutil.which("chromium")
    if program is None:
        print("SKIPPED: chromium is not installed (tools/setup --browser installs it)")
        return
    with tempfile.TemporaryDirectory(dir=os.environ.get("TEST_TMPDIR")) as folder:
        with subprocess.Popen([FLIGHTBOARD, "--serve", "--port", "0", "--management-port", "off"],
                              cwd=folder, text=True, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE) as process:
            try:
                url = next((line.strip() for line in process.stderr if line.startswith("http://")),
                           None)
                expect(url is not None, "the board is served")
                browser = Browser(program, folder)
                look(browser, url, folder)
                tab = Tab(browser, url)
                try:
                    use(tab)
                finally:
                    tab.close()
            finally:
                process.send_signal(signal.SIGTERM)
                process.stderr.read()


if __name__ == "__main__":
    main()
