"""The service for tests as people meet it: an app over a folder of its own, a live server, a real browser."""

import asyncio
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from flask import Flask
from werkzeug.serving import make_server

from config import Settings
from fundapp.services.deed import Office

T = TypeVar("T")

#: The same in every test, so that runs can be compared.
KEYS = {"SECRET_KEY": "a-secret-for-tests-only-" + "x" * 20, "AUDIT_KEY": bytes(range(32)).hex()}

#: What a browser may wait for anything, in milliseconds: long enough for two busy cores, short of for ever.
PATIENCE = 20_000

_SWITCHES = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    # Chromium draws two drop-downs of its address bar, in a process of their own, for every window: half of what one costs.
    # The rest is what Playwright leaves out by itself, since the last of these switches is the one that counts.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,AvoidUnnecessaryBeforeUnloadCheckSync,"
    "DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,"
    "ThirdPartyStoragePartitioning,OptimizationHints",
)  # fmt: skip


def app_over(data: Path, **environ: str) -> Flask:
    """The service with its files in a folder; its worker is not nudged, since none runs."""
    from fundapp.app import create_app

    app = create_app(Settings.from_environment({"FUNDAPP_DATA": str(data), **KEYS, **environ}))
    app.extensions["nudge"] = lambda: None
    app.testing = True
    return app


def office_of(app: Flask) -> Office:
    """The app's own database, recorder and zone."""
    office: Office = app.extensions["office"]
    return office


@dataclass(frozen=True)
class Served:
    """A service that listens: its app, its settings, where it is."""

    app: Flask
    url: str
    mail: Path

    @property
    def office(self) -> Office:
        """The same database as the server's."""
        return office_of(self.app)

    @property
    def settings(self) -> Settings:
        """What it was started with."""
        settings: Settings = self.app.extensions["settings"]
        return settings


@contextmanager
def serving(data: Path, **environ: str) -> Iterator[Served]:
    """The service on a free port of this machine, until the block ends."""
    # The address of the service stands in its mails, so the port is found before the app is made.
    server = make_server("127.0.0.1", 0, _not_yet, threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    app = app_over(data, BASE_URL=url, FUNDAPP_DEMO="1", **environ)
    # As in production: a view that fails answers 500 and not with a traceback to the server.
    app.testing = False
    server.app = app
    thread = threading.Thread(target=server.serve_forever, name="served", daemon=True)
    thread.start()
    try:
        yield Served(app, url, data / "mail")
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()
        office_of(app).db.close()


def _not_yet(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("503 Service Unavailable", [])
    return []


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A real Chromium. Without one the tests are skipped, unless continuous integration demands them."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        without = "Chromium is not installed: apt-get install chromium"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(without)
        pytest.skip(without)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(_SWITCHES), timeout=60_000)
        try:
            yield chromium
        finally:
            chromium.close()


@pytest.fixture(autouse=True)
def no_loop_of_a_browser(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test without a browser does not see the event loop that another test's browser left running in this thread."""
    if "browser" in request.fixturenames:
        yield
        return
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(running)


def beside(work: Callable[[], T]) -> T:
    """The work done in a thread of its own, as a worker does it, and what it gives.

    Playwright keeps an event loop running in the thread of the tests, and signing a letter begins one of its own.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()
