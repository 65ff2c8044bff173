"""Laws that every sink keeps, as a class of tests: whoever writes a sink hands over where it sends to.

`laws` holds the tests, `place` what an author hands over, `bench` one import under them, `faults` what goes wrong, and
`relay` and `inside` let it go wrong: on real sockets between sink and API, or around a sink that uses none. Needs the
extra `testing`. Nothing here knows a sink or an API.

::

    class TestOurs(SinkLaws):
        @pytest.fixture
        def place(self):
            with our_api() as api:
                yield Place(lambda url: Ours(url, key="k"), held=api.members, url=api.url, secrets=["k"])
"""

try:
    import pytest
except ImportError as error:  # the message is for who reads it first: pytest, or a program
    msg = "hygiene.testing needs pytest: install lead-hygiene with its extra `testing`."
    raise ImportError(msg) from error

pytest.register_assert_rewrite("hygiene.testing.laws")

from hygiene.testing.laws import SinkLaws  # noqa: E402 -- pytest has to hear of the module before it is loaded
from hygiene.testing.place import Place  # noqa: E402

__all__ = ["Place", "SinkLaws"]
