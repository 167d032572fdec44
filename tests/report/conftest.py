import pytest

from comine.report.page import page
from comine.report.view import View
from tests.report.fake_study import study


@pytest.fixture(scope="session")
def full_page():
    return page(View(study()))
