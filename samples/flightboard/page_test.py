# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""The page in a real browser without a screen: Debian's chromium (tools/setup --browser).

    page_test.py FLIGHTBOARD [SCREENSHOT.png]

With SCREENSHOT the picture is kept there: docs/flightboard.png was made that way. Without chromium
the test says that it is skipped.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

FLIGHTBOARD = os.path.abspath(sys.argv[1])
SCREENSHOT = os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 else None
DEADLINE_SECONDS = 240
# Of the page's own clock: it stands still while an answer is awaited.
VIRTUAL_MILLISECONDS = 10_000


def expect(condition, words):
    if not condition:
        sys.exit("FAILED: " + words)
    print("ok:", words)


class Browser:

    def __init__(self, program, folder):
        self.program = program
        self.folder = folder

    def run(self, url, *arguments):
        done = subprocess.run(
            [self.program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
             f"--user-data-dir={self.folder}/profile", "--window-size=1280,1180",
             f"--virtual-time-budget={VIRTUAL_MILLISECONDS}", *arguments, url],
            capture_output=True, text=True, check=False, timeout=DEADLINE_SECONDS,
            env={**os.environ, "HOME": self.folder})
        expect(done.returncode == 0, f"the browser ends well\n{done.stderr[-2000:]}"
               if done.returncode else "the browser ends well")
        return done.stdout


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
                look(Browser(program, folder), url, folder)
            finally:
                process.send_signal(signal.SIGTERM)
                process.stderr.read()


if __name__ == "__main__":
    main()
