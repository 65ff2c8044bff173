"""The sink for Mailman keeps the laws that `hygiene.testing` gives to anybody's, before a real Mailman.

The faults are made by the relay between the two: what Mailman answers and keeps is its own.
"""

import pytest

from hygiene.mailman import Mailman
from hygiene.testing import Place, SinkLaws

pytestmark = pytest.mark.mailman

IN_FLIGHT = 3


class TestMailman(SinkLaws):
    @pytest.fixture
    def place(self, mailman):
        own = mailman.create_list()

        def sink(url: str, *, name: str = own, password: str = mailman.password) -> Mailman:
            return Mailman(
                name, user=mailman.user, api_key=password, base_url=url, patience_s=0, requests_in_flight=IN_FLIGHT
            )  # fmt: skip

        return Place(
            sink,
            held=lambda: mailman.members(own),
            url=mailman.url,
            secrets=[mailman.password],
            refusal=(400, {"title": "400 Bad Request", "description": "Membership is banned"}),
            in_flight=IN_FLIGHT,
            stranger=lambda url: sink(url, password="another"),
            astray=lambda url: sink(url, name="gone@lists.example"),
        )
