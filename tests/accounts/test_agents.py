import pytest

from jiyue.accounts.agents import named


APPLE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (f"{WINDOWS} {CHROME}", "Chrome 140 · Windows"),
        (f"{WINDOWS} {CHROME} Edg/141.0.0.0", "Edge 141 · Windows"),
        (f"{WINDOWS} rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox 143 · Windows"),
        (f"{APPLE} Version/19.0 Mobile/15E148 Safari/604.1", "Safari 19 · iPhone"),
        (f"{APPLE} Mobile/15E148 MicroMessenger/8.0.50", "微信 8 · iPhone"),
        (f"Mozilla/5.0 (Linux; Android 15; HarmonyOS) {CHROME}", "Chrome 140 · HarmonyOS"),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_so_that_its_owner_knows_it(agent, name):
    assert named(agent) == name
