"""What goes wrong with a request, by name: the statuses, losses and bodies that were met in practice.

Nothing here sends or judges.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["ASKS_TO_WAIT", "LOST", "WAIT_S", "Fault"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one import request.

    Attributes:
        reaches: Whether the API gets it.
        status: Of the answer sent in place of the API's; None sends none and closes the connection.
        body: Of that answer: a text as it is, anything else as JSON.
        headers: Of that answer.
        half: Whether the API's own answer is cut in the middle, in place of the above.
    """

    reaches: bool = False
    status: int | None = None
    body: object = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    half: bool = False


#: Faults that leave open what became of the leads.
LOST: Mapping[str, Fault] = {
    "lost on its way": Fault(),
    "answer lost": Fault(reaches=True),
    "half an answer": Fault(reaches=True, half=True),
    "500 before it is taken": Fault(status=500, body={"message": "Server Error"}),
    "500 after it is taken": Fault(reaches=True, status=500, body={"message": "Server Error"}),
    "a gateway's page": Fault(reaches=True, status=502, body="<html>Bad gateway</html>"),
    "a redirect": Fault(reaches=True, status=302, headers={"Location": "/elsewhere"}),
    "an empty 200": Fault(status=200),
    "an empty 200 after it is taken": Fault(reaches=True, status=200),
    "no JSON": Fault(reaches=True, status=200, body="\x00\x01{]"),
    "a page": Fault(status=200, body="<html>Just a moment</html>"),
}
#: Seconds that a refusal asks to wait.
WAIT_S = 1
#: A refusal that asks to come back later.
ASKS_TO_WAIT = Fault(status=429, body={"message": "Too Many Attempts."}, headers={"Retry-After": str(WAIT_S)})
