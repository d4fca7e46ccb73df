"""The values: what is refused, what is documented, and that each one does something."""

import importlib.machinery
import importlib.util
import json
import re
import subprocess
import tarfile

import pytest
import yaml

import chart
from chart import render

VALUES = yaml.safe_load((chart.CHART / "values.yaml").read_text())
# What Kubernetes defines has more keys than are set.
OF_KUBERNETES = {"resources", "strategy", "startupProbe", "livenessProbe", "readinessProbe", "securityContext", "podSecurityContext"}
SCHEMA = json.loads((chart.CHART / "values.schema.json").read_text())


def chart_docs():
    loader = importlib.machinery.SourceFileLoader("chart_docs", str(chart.REPOSITORY / "scripts" / "chart-docs"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("chart_docs", loader))
    loader.exec_module(module)
    return module


def resolve(schema):
    for part in schema.get("allOf", []):
        return resolve(part)
    if "$ref" in schema:
        return resolve(SCHEMA["definitions"][schema["$ref"].rsplit("/", 1)[1]])
    return schema


def closed(schema, path=()):
    """Every object of the schema that lists its keys: (path, its schema)."""
    schema = resolve(schema)
    # What a parent chart shares is not this chart's to refuse.
    if "properties" in schema and path != ("global",):
        yield path, schema
        for key, child in schema["properties"].items():
            yield from closed(child, (*path, key))


def nest(path, value):
    for key in reversed(path):
        value = {key: value}
    return value


# --- what is refused


def test_every_object_of_the_schema_refuses_unknown_keys():
    found = list(closed(SCHEMA))
    assert len(found) > 40
    assert [path for path, schema in found if schema.get("additionalProperties") is not False] == []


@pytest.mark.parametrize("helm", chart.HELMS)
def test_unknown_keys_are_refused_at_every_level(helm):
    """All levels in one file: helm lists every problem."""
    levels = [path for path, _ in closed(SCHEMA)]
    values = {}
    for path in levels:
        here = values
        for key in path:
            here = here.setdefault(key, {})
        here["unknownKey"] = 1
    # Where a key that is required is missing as well, both are said.
    with pytest.raises(chart.Refused) as refused:
        render(values, helm=helm)
    complaints = [line for line in str(refused.value).splitlines() if "unknownKey" in line]
    assert len(complaints) == len(levels), refused.value


@pytest.mark.parametrize("helm", chart.HELMS)
@pytest.mark.parametrize(
    "path, value",
    [
        ("deployment.replicas", "three"),
        ("deployment.replicas", -1),
        ("deployment.image.pullPolicy", "Sometimes"),
        ("deployment.image.digest", "sha256:1"),
        ("deployment.image.repository", "Clockwork Server"),
        ("deployment.extraEnv", [{"value": "nameless"}]),
        ("deployment.extraEnv", {"NAME": "value"}),
        ("deployment.resources.requests.cpu", "much"),
        ("configMap.values.env", "prod"),
        ("configMap.values.port", 70000),
        ("configMap.values.port", "http"),
        ("configMap.values.dbAutoMigrate", "yes"),
        ("configMap.values.shutdownDrainSeconds", "5s"),
        ("configMap.values.databaseMaxConns", 0),
        ("configMap.values.publicUrl", "time.example.com"),
        ("configMap.values.basePath", "clockwork"),
        ("secret.inject", "volume"),
        ("secret.data.DATABASE_URL", "mysql://user:password@host/database"),
        ("secret.data.databaseUrl", "postgres://user:password@host/database"),
        ("secret.extraKeys", {"sentry-dsn": "key"}),
        ("service.type", "ExternalName"),
        ("service.port", 0),
        ("migration.strategy", "hook"),
        ("migration.restartPolicy", "Always"),
        ("migration.lockTimeout", "5"),
        ("migration.command", []),
        ("postgresql.sslMode", "on"),
        ("ingress.rules", [{"hosts": ["time.example.com"]}]),
        ("ingress.tls", True),
        ("httpRoute.parentRefs", ["public"]),
        ("canary.weight", 101),
        ("rollout.strategy", "linear"),
        ("autoscaling.minReplicas", 0),
        ("podDisruptionBudget.minAvailable", "half"),
        ("networkPolicy.databaseCIDRs", ["10.0.0.1"]),
        ("namespace.name", "Clockwork"),
        ("nameSuffix", "green"),
        ("metrics.serviceMonitor.interval", 30),
    ],
)
def test_wrong_values_are_refused(helm, path, value):
    with pytest.raises(chart.Refused) as refused:
        render(nest(path.split("."), value), helm=helm)
    text = str(refused.value)
    assert "values don't meet the specifications of the schema" in text
    assert path.split(".")[0] in text


@pytest.mark.parametrize(
    "values, message",
    [
        ({"deployment": {"containerPort": 9000}}, "deployment.containerPort is 9000"),
        ({"configMap": {"values": {"metricsPort": 8080}}}, "are both 8080"),
        ({"service": {"port": 9090}}, "service.port and service.metricsPort are both 9090"),
        ({"configMap": {"values": {"allowedOrigins": "https://a.example, *"}}}, "which the server refuses"),
        ({"autoscaling": {"enabled": True, "minReplicas": 11}}, "above autoscaling.maxReplicas"),
        ({"autoscaling": {"enabled": True}, "deployment": {"replicas": 11}}, "goes no higher than 10"),
        ({"autoscaling": {"enabled": True, "cpu": 0, "memory": 0}}, "none of autoscaling.cpu, autoscaling.memory and autoscaling.metrics"),
        ({"autoscaling": {"enabled": True}, "deployment": {"resources": {"requests": {"cpu": None}}}}, "deployment.resources.requests.cpu, which is not set"),
        ({"secret": {"create": True}}, "without secret.data.DATABASE_URL"),
        ({"secret": {"create": True}, "postgresql": {"host": "db"}}, "lacks postgresql.password"),
        ({"secret": {"create": True, "data": {"DATABASE_URL": "postgres://a/b"}, "existingSecret": "x"}}, "names one that exists"),
        ({"postgresql": {"enabled": True}, "cloudNativePG": {"enabled": True}}, "are two databases"),
        ({"postgresql": {"enabled": True, "existingSecret": "x"}}, "holds the DATABASE_URL of another"),
        ({"postgresql": {"enabled": True, "host": "x"}}, "postgresql.host is another"),
        ({"postgresql": {"enabled": True}, "secret": {"create": True, "data": {"DATABASE_URL": "postgres://a/b"}}}, "points to another"),
        ({"cloudNativePG": {"enabled": True}, "postgresql": {"host": "x"}}, "cloudNativePG.enabled brings a database"),
        ({"secret": {"extraKeys": {"DATABASE_URL": "url"}}}, "DATABASE_URL is set twice"),
        ({"deployment": {"extraEnv": [{"name": "DATABASE_URL", "value": "x"}]}}, "comes from a Secret already"),
        ({"deployment": {"extraEnv": [{"name": "A", "value": "x"}, {"name": "A", "value": "y"}]}}, "sets A twice"),
        ({"deployment": {"extraEnv": [{"name": "PORT", "value": "1"}]}}, "set it in configMap.values"),
        ({"postgresql": {"enabled": True}, "migration": {"databaseUrlKey": "OTHER"}}, "the database is the chart's"),
        ({"secret": {"create": True, "data": {"DATABASE_URL": "postgres://a/b"}}, "migration": {"databaseUrlKey": "OTHER"}}, "which secret.data does not have"),
        ({"httpRoute": {"enabled": True}}, "name the Gateway"),
        ({"canary": {"enabled": True}}, "enable one of them"),
        ({"canary": {"enabled": True, "service": "clockwork-service"}, "virtualService": {"enabled": True}}, "this release's own Service"),
        ({"configMap": {"values": {"env": "development"}}, "ingress": {"enabled": True, "rules": [{"host": "time.example.com"}]}}, "development does not allow"),
        ({"configMap": {"values": {"publicUrl": "https://a.example.com"}}, "httpRoute": {"enabled": True, "parentRefs": [{"name": "g"}], "hostnames": ["b.example.com"]}}, "answers 421 under it"),
        ({"secret": {"passwordKey": "password"}}, "name the database in postgresql.host"),
        ({"secret": {"passwordKey": "password"}, "postgresql": {"enabled": True}}, "secret.passwordKey is a key of your Secret, and the database is the chart's"),
        ({"secret": {"passwordKey": "password", "create": True}, "postgresql": {"host": "db", "password": "x"}}, "secret.create makes a Secret with a whole DATABASE_URL"),
        ({"secret": {"passwordKey": "password", "databaseUrlKey": "uri"}, "postgresql": {"host": "db"}}, "two ways to name the database"),
        ({"secret": {"passwordKey": "password"}, "postgresql": {"host": "db"}, "migration": {"databaseUrlKey": "owner"}}, "put the server's into the Secret as a whole"),
        ({"secret": {"usernameKey": "username"}}, "secret.usernameKey is for secret.passwordKey"),
        ({"secret": {"passwordKey": "password"}, "postgresql": {"host": "db"}, "deployment": {"extraEnv": [{"name": "DATABASE_NAME", "value": "x"}]}}, "extraEnv sets DATABASE_NAME"),
        ({"metrics": {"serviceMonitor": {"enabled": True}}, "configMap": {"values": {"metricsPort": 0}}}, "configMap.values.metricsPort is 0"),
        ({"metrics": {"serviceMonitor": {"enabled": True}}, "networkPolicy": {"enabled": True, "monitoringNamespaces": []}}, "blocks the metrics"),
    ],
)
def test_values_that_contradict_each_other_are_refused(values, message):
    with pytest.raises(chart.Refused) as refused:
        render(values)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    "env, url, host",
    [
        ("development", "", "time.local"),
        ("development", "", "clockwork"),
        ("development", "", "10.0.0.1"),
        ("development", "", "*.example.com"),
        ("development", "https://time.example.com:8443/x", "time.example.com"),
        ("production", "", "time.example.com"),
        ("production", "https://time.example.com", "time.svc"),
    ],
)
def test_a_host_under_which_the_server_answers_is_taken(env, url, host):
    values = {"configMap": {"values": {"env": env, "publicUrl": url}}, "virtualService": {"enabled": True, "hosts": [host]}}
    assert render(values).one("VirtualService")


def test_all_contradictions_are_said_at_once():
    with pytest.raises(chart.Refused) as refused:
        render({"deployment": {"containerPort": 9000}, "secret": {"create": True}, "httpRoute": {"enabled": True}})
    assert len(re.findall(r"^  - ", str(refused.value), re.MULTILINE)) == 3


# --- what is documented


def test_schema_and_values_have_the_same_keys():
    for path, schema in closed(SCHEMA):
        here = VALUES
        for key in path:
            here = here.get(key) if isinstance(here, dict) else None
        if not isinstance(here, dict) or not here or set(path) & OF_KUBERNETES:
            continue
        assert set(here) == set(schema["properties"]) - ({"global", "enabled"} if not path else set()), ".".join(path)


def test_every_key_has_a_comment():
    documented = chart_docs().documented()
    assert len(documented) > 150
    assert not [".".join(path) for path, comment, _ in documented if not comment]


def test_the_readme_and_the_schema_say_what_the_comments_say():
    docs = chart_docs()
    for name, write in (("README.md", docs.readme), ("values.schema.json", docs.schema)):
        text = (chart.CHART / name).read_text()
        assert write(text) == text, f"{name} differs from values.yaml: just chart-docs"


def test_every_value_is_used_by_a_template():
    templates = "".join(path.read_text() for path in (chart.CHART / "templates").rglob("*") if path.is_file())
    for path, _, default in chart_docs().documented():
        if default is None or path[:2] == ("configMap", "values"):
            continue  # the latter are walked over; test_settings.py looks at each
        assert re.search(rf"[.\"]{re.escape(path[-1])}\b", templates), ".".join(path)


def test_the_chart_installs_the_version_of_this_repository():
    about = yaml.safe_load((chart.CHART / "Chart.yaml").read_text())
    (version,) = re.findall(r'^version = "(.*)"', (chart.REPOSITORY / "Cargo.toml").read_text(), re.MULTILINE)
    assert about["appVersion"] == version
    assert about["apiVersion"] == "v2"
    assert f"validated for {chart.KUBERNETES[0]} to {chart.KUBERNETES[-1]}" in (chart.CHART / "README.md").read_text()


@pytest.mark.parametrize("helm", chart.HELMS)
def test_the_package_has_what_an_operator_needs_and_no_tests(helm, tmp_path):
    subprocess.run([chart.program(helm), "package", chart.CHART, "--destination", tmp_path], check=True, capture_output=True)
    (archive,) = tmp_path.glob("clockwork-*.tgz")
    with tarfile.open(archive) as package:
        names = {name.removeprefix("clockwork/") for name in package.getnames()}
    assert {"README.md", "values-prod.yaml", "values.schema.json", "alerts/clockwork.yaml", "examples/blue-green/switch", "templates/NOTES.txt"} <= names
    assert not [name for name in names if name.startswith("ci/") or ".test." in name]
