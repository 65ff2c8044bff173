"""Rates that hold for all keys of an account, and what is learned of them."""

from contextlib import closing

import pytest

from hygiene.emulator import Emulator
from hygiene.http.rate_limit import Limiter
from hygiene.smartlead import Smartlead


class WaitedError(Exception):
    """Raised in place of waiting."""


def stop(seconds, why):
    raise WaitedError(why)


def passed(limiter):
    return sum(limiter.take() == 0 for _ in range(20))


def test_half_as_many_pass_for_an_hour_after_the_api_asked_to_slow_down_and_one_at_the_least():
    now = [0.0]
    with closing(Limiter([(8, 1.0)], clock=lambda: now[0])) as limiter:
        found = []
        for _ in range(5):
            found.append(passed(limiter))
            limiter.slow_down()
            now[0] += 2
        now[0] += 3601
        later = passed(limiter)

    assert found == [8, 4, 2, 1, 1]
    assert later == 8


@pytest.fixture
def api(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with Emulator(api_key="one", other_keys=["two"]) as served:
        yield served


def opened(api, key, **more):
    return Smartlead(api_key=key, base_url=api.base_url, pause=stop, patience_s=60, **more)


def test_keys_of_one_account_are_counted_together_where_it_is_named(api):
    with opened(api, "one", rate="2/h") as one, opened(api, "two", rate="2/h") as two:
        one.count_as("ours")
        two.count_as("ours")
        one.lists()
        two.lists()
        with pytest.raises(WaitedError, match="the rate limit"):
            one.lists()


def test_keys_of_different_accounts_are_counted_apart(api):
    with opened(api, "one", rate="1/h") as one, opened(api, "two", rate="1/h") as two:
        one.lists()
        two.lists()

    assert [status for _, _, status in api.requests] == [200] * 2


def test_a_window_that_the_api_says_is_used_up_is_waited_for_before_it_refuses(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with Emulator(rate=[(2, 30.0)]) as api, opened(api, api.api_key, rate="100/s") as sink:
        sink.lists()
        sink.lists()
        with pytest.raises(WaitedError, match="the API's own window is used up"):
            sink.lists()

    assert [status for _, _, status in api.requests] == [200] * len(api.requests)


def test_a_429_makes_the_pace_slower_for_every_process(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with Emulator(account_rate=[(1, 30.0)]) as api, opened(api, api.api_key, rate="4/h") as sink:
        sink.lists()
        with pytest.raises(WaitedError):
            sink.lists()

        assert 429 in [status for _, _, status in api.requests]
        assert sink._pace._limiter._share(0.0) == 0.5


def test_a_profile_names_the_account_of_its_key(run, api, tmp_path, monkeypatch):
    (tmp_path / "hygiene.toml").write_text(
        f'[profile.a]\naccount = "ours"\nbase_url = "{api.base_url}"\napi_key_env = "KEY_A"\nrate = "900/h"\n'
    )
    monkeypatch.setenv("KEY_A", "one")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    (tmp_path / "leads.csv").write_text("email\nann@birchworks.example\n")

    code, _, err = run(
        "import", "leads.csv", "--list", api.create_list("A"), "--profile", "a", "--no-dns", "--yes"
    )

    assert code == 0, err
    assert [path.name[:8] for path in (tmp_path / "lead-hygiene").glob("rate-*.sqlite")] == ["rate-of-"]
