"""The page of `sozialraum start` in a browser: from the empty folder to the open map, by clicks alone."""

import shutil
import subprocess
import sys
import threading
from importlib.resources import files
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from sozialraum.desk.server import Desk

ASSETS = Path(str(files("sozialraum.desk") / "assets"))


@pytest.fixture
def desk(small_city):
    server = Desk(folder=small_city().parent)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server
    server.jobs.cancel()
    server.shutdown()
    server.server_close()


def wait(driver, condition, seconds=200):
    return WebDriverWait(driver, seconds, poll_frequency=0.1).until(condition)


@pytest.mark.browser
def test_from_choosing_to_the_map_by_clicks(driver, desk):
    driver.get_log("browser")
    driver.get(desk.address)
    try:
        wait(driver, lambda d: "project.toml" in d.find_element(By.ID, "chosen").text)
        driver.find_element(By.ID, "check").click()
        wait(driver, lambda d: d.find_element(By.ID, "end").text == "Fertig.")
        assert driver.switch_to.active_element.get_attribute("id") == "job-title"
        driver.find_element(By.ID, "run").click()
        wait(driver, lambda d: d.find_elements(By.PARTIAL_LINK_TEXT, "Karte öffnen"))
        bars = driver.find_elements(By.TAG_NAME, "progress")
        assert {bar.get_attribute("value") for bar in bars} == {"1"}
        driver.find_element(By.LINK_TEXT, "Karte öffnen").click()
        driver.switch_to.window(driver.window_handles[-1])
        wait(driver, lambda d: d.execute_script("return document.querySelectorAll('path').length > 11"))
        assert "Klein-Musterstadt" in driver.title
    finally:
        while len(driver.window_handles) > 1:
            driver.switch_to.window(driver.window_handles[-1])
            driver.close()
        driver.switch_to.window(driver.window_handles[0])
    assert [line for line in driver.get_log("browser") if line["level"] == "SEVERE"] == []


@pytest.mark.browser
def test_a_wrong_folder_is_told_and_hostile_names_do_nothing(driver, desk):
    (desk.folder / "<img src=x onerror=alert(1)>").mkdir()
    driver.get(desk.address)
    wait(driver, lambda d: d.find_elements(By.CSS_SELECTOR, "#folders button"))
    assert driver.find_elements(By.CSS_SELECTOR, "#folders img") == []
    field = driver.find_element(By.ID, "path")
    field.clear()
    field.send_keys("/gibt/es/nicht\n")
    problem = driver.find_element(By.ID, "folder-problem")
    wait(driver, lambda _: problem.is_displayed())
    assert "lässt sich nicht öffnen" in problem.text


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1440])
def test_nothing_is_cut_off(driver, desk, width):
    driver.set_window_size(max(width, 500), 800)
    driver.get(desk.address)
    wait(driver, lambda d: d.find_elements(By.CSS_SELECTOR, "#folders button"))
    script = "document.body.style.width = arguments[0] + 'px'; return document.body.scrollWidth"
    assert driver.execute_script(script, width) <= width


@pytest.mark.slow
def test_types_of_the_script_hold():
    deno = shutil.which("deno", path=Path(sys.executable).parent) or shutil.which("deno")
    if deno is None:
        pytest.skip("deno is not installed: pip install deno")
    environment = {"NO_COLOR": "1", "DENO_NO_UPDATE_CHECK": "1", "HOME": str(Path.home())}
    for command in (
        ("check", "--no-lock", "--config", "deno.json", "desk.js"),
        ("lint", "--config", "deno.json"),
    ):
        done = subprocess.run(
            [deno, *command], cwd=ASSETS, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
