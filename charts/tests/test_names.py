"""Names and other texts that YAML takes for numbers, truths or dates, and names that two objects would share."""

import pytest

import chart
from chart import render
from test_matrix import Kubernetes

NUMBERLIKE = ("2026", "1e3", "0x1f", "0o17", "true", "on", "null", "1.5", "2026-11-27", "0b1")


def everything(text):
    """Each name and other free text of the values."""
    return {
        "commonLabels": {"team": text},
        "configMap": {"name": text, "values": {"env": "staging"}},
        "secret": {"name": text, "databaseUrlKey": text, "extraKeys": {"SENTRY_DSN": text}},
        "deployment": {
            "name": text,
            "image": {"repository": "a/b", "tag": text},
            "nodeSelector": {"pool": text},
            "priorityClassName": text,
            "podLabels": {"a": text},
            "podAnnotations": {"a": text},
            "extraEnv": [{"name": "A", "value": text}],
            "imagePullSecrets": [{"name": text}],
        },
        "serviceAccount": {"name": text, "annotations": {"a": text}},
        "service": {"annotations": {"a": text}},
        "migration": {"jobName": f"{text}-job", "cronJob": {"enabled": True}},
        "ingress": {"enabled": True, "name": text, "class": text, "tls": [{"secretName": text}]},
        "autoscaling": {"enabled": True, "name": text},
        "podDisruptionBudget": {"enabled": True, "name": text},
        "networkPolicy": {"enabled": True, "ingressNamespaces": [text], "monitoringNamespaces": [text]},
    }


@pytest.mark.parametrize("helm", chart.HELMS)
@pytest.mark.parametrize("text", NUMBERLIKE)
def test_a_name_that_yaml_takes_for_a_number_stays_a_text(helm, text):
    kubernetes = Kubernetes(chart.NEWEST)
    # Of a dot only a release's name may be made.
    namespace = text.replace(".", "e")
    all_values = (None,) if "." in text else (None, everything(text))
    for rendering in (render(values, release=text, args=("-n", namespace), helm=helm) for values in all_values):
        assert [problem for o in rendering.objects for problem in kubernetes.problems(o)] == []
        assert {o["metadata"]["namespace"] for o in rendering.objects} == {namespace}
        for _, pod in rendering.pods():
            assert pod["metadata"]["labels"]["app.kubernetes.io/instance"] == text


def test_the_loader_of_these_tests_reads_as_helm_does():
    read = chart.load("\n".join(f"a{n}: {text}" for n, text in enumerate(NUMBERLIKE)))[0]
    assert [key for key, value in read.items() if isinstance(value, str)] == []
    assert chart.load("a: v1e3\nb: '1e3'")[0] == {"a": "v1e3", "b": "1e3"}


@pytest.mark.parametrize(
    "image, of_migrations, reference",
    [
        ({}, {}, "clockwork:0.1.0"),
        ({}, {"repository": "foo/bar"}, "foo/bar:0.1.0"),
        ({"tag": "1.2.3"}, {"repository": "foo/bar"}, "foo/bar:1.2.3"),
        ({"tag": None}, {"repository": "foo/bar"}, "foo/bar:0.1.0"),
        ({"tag": "1.2.3"}, {"tag": "1.2.4"}, "clockwork:1.2.4"),
        # A digest belongs to one repository, and says more than the tag beside it.
        ({"digest": f"sha256:{'a' * 64}"}, {"repository": "foo/bar"}, "foo/bar:0.1.0"),
        ({"tag": "1.2.3", "digest": f"sha256:{'a' * 64}"}, {"tag": "1.2.4"}, "clockwork:1.2.4"),
        ({"tag": "1.2.3"}, {"digest": f"sha256:{'b' * 64}"}, f"clockwork@sha256:{'b' * 64}"),
    ],
)
def test_the_image_of_migrations_lacks_nothing(image, of_migrations, reference):
    for helm in chart.HELMS:
        rendering = render({"deployment": {"image": image}, "migration": {"image": of_migrations}}, helm=helm)
        (container,) = rendering.one("Job")["spec"]["template"]["spec"]["containers"]
        assert container["image"] == reference
        assert "<nil>" not in rendering.text


@pytest.mark.parametrize(
    "values, message",
    [
        ({"serviceAccount": {"name": "clockwork-migrate"}}, "both name the ServiceAccount clockwork-migrate"),
        ({"secret": {"name": "clockwork-migrate-env"}}, "both name the Secret clockwork-migrate-env"),
        ({"postgresql": {"enabled": True, "name": "clockwork-service"}}, "both name the Service clockwork-service"),
        ({"rollout": {"enabled": True, "strategy": "blueGreen", "previewService": "clockwork-service"}}, "both name the Service clockwork-service"),
        ({"service": {"type": "NodePort"}, "postgresql": {"enabled": True, "name": "clockwork-service-metrics"}}, "both name the Service clockwork-service-metrics"),
        ({"configMap": {"name": "clockwork-server-dashboard"}, "metrics": {"dashboard": {"enabled": True}}}, "both name the ConfigMap"),
        ({"deployment": {"name": "clockwork-migrate"}, "networkPolicy": {"enabled": True}}, "both name the NetworkPolicy"),
        ({"migration": {"jobName": "j" * 53, "cronJob": {"enabled": True}}}, "the name of a CronJob"),
        ({"service": {"name": "s" * 56, "type": "LoadBalancer"}}, "service.name is too long"),
        ({"service": {"name": "s" * 60}, "nameSuffix": "-green"}, "service.name is too long"),
    ],
)
def test_names_that_cannot_be_are_refused(values, message):
    with pytest.raises(chart.Refused) as refused:
        render(values)
    assert message in str(refused.value)
    assert "<nil>" not in str(refused.value)


def test_names_as_long_as_they_may_be_are_taken():
    assert render({"migration": {"jobName": "j" * 52, "cronJob": {"enabled": True}}, "service": {"name": "s" * 63}})
