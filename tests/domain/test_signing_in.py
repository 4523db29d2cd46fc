"""Addresses of browsers, paths of ours, names of browsers: whatever is given."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.domain.signing_in import browser_name, host_of, masked, network_of, own_path


@given(st.one_of(st.text(max_size=60), st.from_regex(r"[/\\\t\n ]{1,4}[a-z.@:/]{0,20}", fullmatch=True)))
def test_what_passes_for_ours_is_ours(target: str) -> None:
    found = own_path(target)
    if found is not None:
        assert found == target
        # As a browser reads it: backslashes are slashes, tabs and line ends are nothing.
        read = target.replace("\\", "/").replace("\t", "").replace("\n", "").replace("\r", "")
        assert urlsplit(urljoin("https://fund.example/sign-in", read)).netloc == "fund.example"


@pytest.mark.parametrize("path", ["/", "/desk", "/bids?words=Wiśniewski&after=3", "/my-bids/B-0142X#answers"])
def test_paths_of_ours_pass(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    ("ip", "host", "network"),
    [
        ("192.0.2.17", "192.0.2.17/32", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.17", "192.0.2.17/32", "192.0.2.0/24"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/64"),
        ("", "", ""), (None, "", ""), ("nonsense", "", ""),
    ],
)  # fmt: skip
def test_neighbours_are_counted_together(ip: str | None, host: str, network: str) -> None:
    assert (host_of(ip), network_of(ip)) == (host, network)


@given(st.text(max_size=200))
def test_whatever_a_browser_says_is_named_shortly(user_agent: str) -> None:
    assert len(browser_name(user_agent)) <= 60


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/128.0 Safari/537.36 Edg/128.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 14) SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36", "Samsung Internet on Android"),
        ("Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0", "Firefox on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/128.0 Safari/537.36", "Chrome on Mac"),
        ("curl/8.5.0", ""), ("", ""),
    ],
)  # fmt: skip
def test_browsers_by_name(user_agent: str, name: str) -> None:
    assert browser_name(user_agent) == name


@pytest.mark.parametrize(
    ("email", "shown"),
    [("anna@example.org", "a…@example.org"), ("a@b.org", "a…@b.org"), ("żaba@b.org", "ż…@b.org")],
)
def test_an_address_is_masked(email: str, shown: str) -> None:
    assert masked(email) == shown
