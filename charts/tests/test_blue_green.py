"""examples/blue-green/switch with a pretended kubectl and helm: when it takes the other colour away, and when it turns back."""

import os
import subprocess

import pytest

import chart

SWITCH = chart.CHART / "examples" / "blue-green" / "switch"
KUBECTL = """#!/usr/bin/env bash
case "$*" in
*"get service"*) echo clockwork-blue ;;
*--raw*) exit "$PROXY" ;;
*endpointslices*) printf '%b' "$READY" ;;
*"get pods"*) printf 'clockwork-server-green-1\\nclockwork-server-green-2\\n' ;;
*patch*) echo "kubectl ${*: -1}" >>"$LOG" ;;
esac
"""


def switch(tmp_path, *args, proxy, ready=""):
    for name, text in {"kubectl": KUBECTL, "helm": '#!/bin/sh\necho "helm $1 $2" >>"$LOG"\n', "sleep": "#!/bin/sh\n"}.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "LOG": str(tmp_path / "log"), "PROXY": str(proxy), "READY": ready}
    code = subprocess.run([SWITCH, *args], env=environment, capture_output=True, check=False).returncode
    return code, (tmp_path / "log").read_text().splitlines()


TO_GREEN = 'kubectl {"spec": {"selector": {"app.kubernetes.io/instance": "clockwork-green"}}}'


def test_the_other_colour_goes_when_the_service_answers(tmp_path):
    code, calls = switch(tmp_path, proxy=0)
    assert (code, calls) == (0, ["helm status clockwork-blue", "helm upgrade --install", "helm test clockwork-green", TO_GREEN, "helm uninstall clockwork-blue"])


def test_the_other_colour_may_stay(tmp_path):
    code, calls = switch(tmp_path, "--keep", proxy=0)
    assert (code, calls[-1]) == (0, TO_GREEN)


def test_a_policy_that_keeps_the_api_server_out_is_no_failure(tmp_path):
    code, calls = switch(tmp_path, proxy=1, ready="clockwork-server-green-2\\n")
    assert (code, calls[-1]) == (0, "helm uninstall clockwork-blue")


@pytest.mark.parametrize("ready", ["", "clockwork-server-blue-1\\nclockwork-server-green-1\\n"])
def test_a_service_that_does_not_answer_is_turned_back(tmp_path, ready):
    code, calls = switch(tmp_path, proxy=1, ready=ready)
    assert code == 1
    assert calls[-1] == 'kubectl {"spec": {"selector": {"app.kubernetes.io/instance": "clockwork-blue"}}}'
