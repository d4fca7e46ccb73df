"""What all tests share: the whole matrix, rendered at once on all processors before the first test that wants it."""

import concurrent.futures
import itertools
import os

import pytest

import chart


@pytest.fixture(scope="session")
def matrix():
    """Every file of values on every Kubernetes by every helm: {(file, kubernetes, helm): Rendering}."""
    cells = list(itertools.product(chart.EVERY, chart.KUBERNETES, chart.HELMS))

    def cell(where):
        name, kubernetes, helm = where
        return chart.combination(name, kubernetes=kubernetes, helm=helm)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(cells, pool.map(cell, cells), strict=True))
