"""What the tests of the launch share."""

import pytest
from fakes_smart import smart_ehr


@pytest.fixture
def fake():
    """An EHR with an authorization server that does as the test says."""
    with smart_ehr() as fake:
        yield fake
