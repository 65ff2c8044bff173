"""The emulator against the OpenAPI document of the import API."""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any, get_args

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import unsupported_method

from hygiene.emulator import Emulator
from hygiene.emulator.routes import ReplyShape
from hygiene_schemas import openapi

KEY = "contract-key"

api_document = schemathesis.openapi.from_dict(openapi())


@api_document.auth()
class KeyInQuery:
    def get(self, case: Any, context: Any) -> str:
        return KEY

    def set(self, case: Any, data: str, context: Any) -> None:
        case.query["api_key"] = data


@pytest.fixture
def api() -> Iterator[Emulator]:
    # number 1 is the example in the document, so that some requests find a list and an entry
    with Emulator(api_key=KEY) as api:
        api.create_list("A", list_id=1, members=["a@x.example"])
        api.block(["shut.example"])
        yield api
        assert {200, 400} <= {status for _, _, status in api.requests}


# schemathesis before 4.32 draws by hypothesis-jsonschema 0.23, which fails with Hypothesis 6.170 while it collects
if find_spec("hypothesis_jsonschema") is None:

    @api_document.parametrize()
    @settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    def test_the_emulator_departs_from_the_document_nowhere(case: Any, api: Emulator) -> None:
        # a method that a path does not have is a path that is not there (observed: 404, "Cannot TRACE ...")
        case.call_and_validate(base_url=api.base_url, excluded_checks=[unsupported_method])


@pytest.mark.parametrize("shape", get_args(ReplyShape))
def test_every_import_reply_is_one_of_the_documented_shapes(shape: ReplyShape) -> None:
    leads = [{"email": "a@x.example"}, {"email": "a@x.example"}]
    with Emulator(reply=shape) as api:
        url = f"{api.base_url}/lead-list/{api.create_list('A')}/import"
        reply = httpx.post(url, params={"api_key": api.api_key}, json={"leadList": leads, "fileName": "f"})

    api_document["/lead-list/{id}/import"]["POST"].validate_response(reply)
