"""Everything renders everywhere, and Kubernetes would take it."""

import collections
import importlib.util
import json
import pathlib
import re
import subprocess

import jsonschema_rs
import pytest

import chart

# The package is wanted for its schemas alone, and imports more than that needs.
SCHEMAS = pathlib.Path(importlib.util.find_spec("kubernetes_validate").submodule_search_locations[0]) / "kubernetes-json-schema"
# Groups that are no part of Kubernetes; crds.mjs has the schemas of those that are published, and test_cloudnativepg.py looks at the rest.
FOREIGN = ("monitoring.coreos.com/", "gateway.networking.k8s.io/", "networking.istio.io/", "argoproj.io/", "postgresql.cnpg.io/")


@pytest.mark.parametrize("helm", chart.HELMS)
@pytest.mark.parametrize("name", ["", *chart.STARTERS])
def test_helm_lint_strict(helm, name):
    values = ["-f", str(chart.STARTERS[name])] if name else []
    subprocess.run([chart.program(helm), "lint", "--strict", "--quiet", chart.CHART, *values], check=True)


def test_everything_renders_everywhere(matrix):
    assert len(matrix) == len(chart.EVERY) * len(chart.KUBERNETES) * len(chart.HELMS)
    for where, rendering in matrix.items():
        assert rendering.one("Deployment"), where


def test_helm_3_and_helm_4_render_the_same(matrix):
    for name in chart.EVERY:
        for kubernetes in chart.KUBERNETES:
            three, four = (matrix[name, kubernetes, helm] for helm in chart.HELMS)
            assert sorted(map(chart.digest, three.objects)) == sorted(map(chart.digest, four.objects)), (name, kubernetes)


def test_names_are_unique_and_everything_is_in_its_namespace(matrix):
    for where, rendering in matrix.items():
        plain = [o for o in rendering.objects if not chart.hook(o)]
        hooks = [o for o in rendering.objects if chart.hook(o)]
        for objects in (plain, hooks):
            names = collections.Counter((o["kind"], o["metadata"]["name"]) for o in objects)
            assert max(names.values()) == 1, (where, names)
        # A hook that had the name of a release's object would delete it before it runs. A Job and its CronJob differ in kind.
        assert not {(o["kind"], o["metadata"]["name"]) for o in plain} & {(o["kind"], o["metadata"]["name"]) for o in hooks}, where
        # The second has a ServiceMonitor in the namespace of Prometheus.
        if where[0] not in ("extra-objects", "network-peers"):
            namespaces = {o["metadata"].get("namespace") for o in rendering.objects if o["kind"] != "Namespace"}
            assert len(namespaces) == 1 and None not in namespaces, where


class Kubernetes:
    """The schemas of one version, strict: what they do not know is refused."""

    def __init__(self, version):
        (self.directory,) = SCHEMAS.glob(f"v{version}.*-local-strict")
        self.definitions = json.loads((self.directory / "_definitions.json").read_text())
        self.validators = {}

    def problems(self, o):
        api = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", o["apiVersion"])
        file = f"{o['kind'].lower()}-{api}.json"
        if file not in self.validators:
            schema = json.loads((self.directory / file).read_text())
            self.validators[file] = jsonschema_rs.Draft202012Validator(schema, retriever=lambda _: self.definitions)
        return [f"{'.'.join(map(str, e.instance_path))}: {e.message}" for e in self.validators[file].iter_errors(o)]


def test_the_validator_refuses_what_kubernetes_refuses():
    kubernetes = Kubernetes(chart.NEWEST)
    deployment = json.loads(json.dumps(chart.render().one("Deployment")))
    assert kubernetes.problems(deployment) == []
    deployment["spec"]["template"]["spec"]["containers"][0]["imagePolicy"] = "Always"
    assert any("imagePolicy" in problem for problem in kubernetes.problems(deployment))
    del deployment["spec"]["template"]["spec"]["containers"][0]["imagePolicy"]
    deployment["spec"]["replicas"] = "one"
    assert any("replicas" in problem for problem in kubernetes.problems(deployment))


@pytest.mark.parametrize("version", chart.KUBERNETES)
def test_kubernetes_takes_every_object(matrix, version, record_property):
    kubernetes = Kubernetes(version)
    distinct = {}
    for (name, of, _), rendering in matrix.items():
        if of == version:
            for o in rendering.objects:
                distinct.setdefault(chart.digest(o), (name, o))
    counts = collections.Counter()
    wrong = []
    for name, o in distinct.values():
        if o["apiVersion"].startswith(FOREIGN):
            continue
        counts[o["kind"]] += 1
        wrong += [f"{name}: {o['kind']} {o['metadata']['name']}: {problem}" for problem in kubernetes.problems(o)]
    record_property("validated", sum(counts.values()))
    assert not wrong, "\n".join(wrong)
    assert {"Deployment", "Job", "CronJob", "StatefulSet", "NetworkPolicy", "HorizontalPodAutoscaler", "PodDisruptionBudget", "Ingress"} <= set(counts)


@pytest.mark.parametrize("helm", chart.HELMS)
def test_what_is_too_old_is_refused(helm):
    assert chart.render(kubernetes="1.24", helm=helm).one("Deployment")
    with pytest.raises(chart.Refused, match="incompatible with Kubernetes v1.23"):
        chart.render(kubernetes="1.23", helm=helm)
