"""Custom resources against the schemas of those who define them: what the chart renders, and the examples."""

import json
import subprocess

import chart

CRDS = chart.TESTS / "crds"
KINDS = ("Rollout", "HTTPRoute", "PrometheusRule", "ServiceMonitor", "VirtualService")


def problems(objects):
    assert (CRDS / "node_modules").is_dir(), "the schemas are missing: just test-chart"
    result = subprocess.run(["node", "check.mjs"], cwd=CRDS, input=json.dumps(objects, default=str), capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()


def test_every_custom_resource_is_what_its_schema_says(matrix):
    distinct = {}
    for rendering in matrix.values():
        for o in rendering.objects:
            if o["kind"] in KINDS:
                distinct[chart.digest(o)] = o
    assert {o["kind"] for o in distinct.values()} == set(KINDS)
    assert problems(list(distinct.values())) == []


def test_the_examples_are_what_their_schemas_say():
    objects = [o for path in sorted((chart.CHART / "examples").glob("*-secrets.yaml")) for o in chart.load(path.read_text()) if o["kind"] != "ServiceAccount"]
    assert {o["kind"] for o in objects} == {"ExternalSecret", "SecretStore", "SealedSecret"}
    assert problems(objects) == []
    # They make the Secret that the chart looks for, with the key that it looks for.
    for o in objects:
        if o["kind"] == "ExternalSecret":
            assert o["spec"]["target"]["name"] == "clockwork-secrets"
            assert [d["secretKey"] for d in o["spec"]["data"]] == ["DATABASE_URL"]
        if o["kind"] == "SealedSecret":
            assert o["spec"]["template"]["metadata"]["name"] == "clockwork-secrets"
            assert list(o["spec"]["encryptedData"]) == ["DATABASE_URL"]


def test_a_wrong_one_is_found():
    route = {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": "x"}, "spec": {"parentRefs": [{"name": 3}]}}
    assert len(problems([route])) == 1
    assert problems([{"apiVersion": "example.com/v1", "kind": "Thing"}]) == ["0: example.com/v1/Thing has no schema here"]
