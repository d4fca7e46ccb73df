"""One rendering of each file that people begin with, as it was last reviewed: UPDATE_GOLDEN=1 just test-chart -k golden."""

import os

import pytest
import yaml

import chart

GOLDEN = chart.TESTS / "golden"


@pytest.mark.parametrize("name", ["default", *chart.STARTERS, "postgresql", "created-secret-files"])
def test_golden(name):
    objects = chart.combination(name).objects
    text = yaml.dump_all(objects, sort_keys=True, width=160)
    file = GOLDEN / f"{name}.yaml"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(text)
    assert text == file.read_text(), f"{file} differs; look at it, and then: UPDATE_GOLDEN=1 just test-chart -k golden"
