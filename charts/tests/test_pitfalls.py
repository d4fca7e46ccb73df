"""The twenty pitfalls of charts like this one, as far as rendering can show them; scripts/e2e-cluster has the rest."""

import json
import re

import pytest
import yaml

import chart
from chart import combination, environment, hook, render


def test_p01_the_namespace_is_made_only_when_it_is_not_the_release_s_own():
    assert not render(args=("-n", "clockwork")).all("Namespace")
    assert not combination("existing-namespace").all("Namespace")
    for values, args in (({"namespace": {"name": "clockwork"}}, ()), ({"namespace": {"name": "clockwork"}}, ("-n", "releases"))):
        namespace = render(values, args=args).one("Namespace", "clockwork")
        # Or uninstalling would take the operator's Secret with it.
        assert namespace["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
        assert not hook(namespace)
    # Guarding it with `lookup` would drop it from the next upgrade, and Helm would delete it.
    assert "lookup" not in (chart.CHART / "templates" / "namespace.yaml").read_text()


def test_p02_the_job_needs_nothing_that_the_release_makes(matrix):
    jobs = 0
    for where, rendering in matrix.items():
        made = {(o["kind"], o["metadata"]["name"]) for o in rendering.objects if not hook(o)}
        earlier = {(o["kind"], o["metadata"]["name"]) for o in rendering.objects if hook(o, "pre-install")}
        for job in rendering.all("Job"):
            jobs += 1
            assert hook(job, "pre-install") and hook(job, "pre-upgrade"), where
            pod = job["spec"]["template"]["spec"]
            assert ("ServiceAccount", pod["serviceAccountName"]) in earlier or pod["serviceAccountName"].startswith("existing-"), where
            text = json.dumps(pod)
            for kind, name in re.findall(r'"(secret|configMap)(?:Ref|KeyRef)?": \{[^{}]*"(?:name|secretName)": "([^"]+)"', text):
                assert ({"secret": "Secret", "configMap": "ConfigMap"}[kind], name) not in made, (where, name)
            if where[0] not in ("existing-configmap", "existing-everything"):
                assert environment(pod["containers"][0])["ENV"], where
    assert jobs > 100


def test_p02_the_job_gets_the_settings_of_the_configmap_inlined():
    rendering = render()
    (container,) = rendering.one("Job")["spec"]["template"]["spec"]["containers"]
    settings = rendering.one("ConfigMap")["data"]
    assert settings.items() <= environment(container).items()
    assert "envFrom" not in container


def test_p03_no_object_of_the_running_release_is_a_hook(matrix):
    for where, rendering in matrix.items():
        for o in rendering.objects:
            if hook(o):
                assert o["metadata"]["labels"]["component"] in ("migration", "test"), (where, o["metadata"]["name"])
        for kind in ("ConfigMap", "Deployment", "Service"):
            assert not any(hook(o) for o in rendering.all(kind)), where


def test_p04_a_job_ends_before_helm_stops_waiting_and_can_be_replaced(matrix):
    for (name, *_), rendering in matrix.items():
        for job in rendering.all("Job"):
            assert "before-hook-creation" in job["metadata"]["annotations"]["helm.sh/hook-delete-policy"]
            if name != "quoted":  # whose author chose 300
                assert job["spec"]["activeDeadlineSeconds"] < 300


def test_p05_nothing_runs_after_the_install_that_readiness_waits_for(matrix):
    for where, rendering in matrix.items():
        events = {o["metadata"]["annotations"]["helm.sh/hook"] for o in rendering.objects if hook(o)}
        assert events <= {"pre-install,pre-upgrade", "test"}, where


def test_p06_argo_cd_sees_hooks_that_it_can_map(matrix):
    for where, rendering in matrix.items():
        # One annotation of Argo's own would make it pass by every hook of Helm's.
        assert "argocd.argoproj.io" not in rendering.text, where
        for job in rendering.all("Job"):
            # PreSync runs at every sync: the migrator finds nothing to do the second time.
            if where[0] != "migration-image":
                assert job["spec"]["template"]["spec"]["containers"][0]["command"] == ["/app/migrator", "up"]


def test_p07_an_ingress_has_its_class_once_and_no_controller_s_annotations(matrix):
    for where, rendering in matrix.items():
        for ingress in rendering.all("Ingress"):
            annotations = ingress["metadata"].get("annotations", {})
            assert "kubernetes.io/ingress.class" not in annotations, where
    assert "annotations" not in combination("ingress-everything").one("Ingress")["metadata"]
    assert combination("ingress-as-kubernetes").one("Ingress")["spec"]["ingressClassName"] == "nginx"
    with pytest.raises(chart.Refused, match="ingress.class is traefik"):
        render({"ingress": {"enabled": True, "class": "traefik", "annotations": {"kubernetes.io/ingress.class": "nginx"}}})


def test_p08_nothing_needs_a_shell_and_the_pause_is_kubernetes_own_where_there_is_one(matrix):
    for where, rendering in matrix.items():
        for _, pod in rendering.pods():
            if pod["metadata"]["labels"]["component"] == "backup":  # PostgreSQL's image
                continue
            for container in pod["spec"]["containers"] + pod["spec"].get("initContainers", []):
                words = container.get("command", []) + container.get("args", [])
                assert not {"sh", "/bin/sh", "bash"} & set(words), where
                assert "exec" not in container.get("lifecycle", {}).get("preStop", {}), where
    assert render(kubernetes="1.30").container["lifecycle"]["preStop"]["sleep"]["seconds"] == 5
    # A cloud's version has a suffix.
    assert "lifecycle" in render(kubernetes="v1.30.2-gke.1587003").container
    assert "lifecycle" not in render(kubernetes="1.29").container
    # A pause of nothing is refused before 1.33.
    assert "lifecycle" not in combination("no-pauses").container


@pytest.mark.parametrize("drain, timeout, pause, grace", [(5, 30, 5, 45), (0, 1, 0, 6), (60, 120, 10, 195)])
def test_p08_the_grace_period_is_computed(drain, timeout, pause, grace):
    values = {"configMap": {"values": {"shutdownDrainSeconds": drain, "shutdownTimeoutSeconds": timeout}}, "deployment": {"preStopSleepSeconds": pause}}
    assert render(values).server["terminationGracePeriodSeconds"] == grace
    too_short = {**values, "deployment": {"preStopSleepSeconds": pause, "terminationGracePeriodSeconds": max(1, drain + timeout + pause)}}
    with pytest.raises(chart.Refused, match="would be killed with requests in flight"):
        render(too_short)


def test_p08_an_existing_configmap_does_not_decide_how_long_a_pod_takes_to_stop():
    rendering = render({"configMap": {"create": False, "values": {"shutdownDrainSeconds": 20}}})
    assert environment(rendering.container)["SHUTDOWN_DRAIN"] == "20s"
    assert rendering.server["terminationGracePeriodSeconds"] == 60


def test_p09_the_server_is_told_how_long_to_drain():
    data = render().one("ConfigMap")["data"]
    assert (data["SHUTDOWN_DRAIN"], data["SHUTDOWN_TIMEOUT"]) == ("5s", "30s")
    for name in ("values-staging", "values-prod"):
        assert combination(name).one("ConfigMap")["data"]["SHUTDOWN_DRAIN"] == "10s"


def test_p10_liveness_never_asks_about_the_database(matrix):
    for where, rendering in matrix.items():
        probes = rendering.container
        if where[0] == "quoted":  # an old file of values brings its own
            continue
        assert probes["livenessProbe"]["httpGet"]["path"] == "/livez", where
        assert probes["readinessProbe"]["httpGet"]["path"] == "/readyz", where
        startup = probes["startupProbe"]
        assert startup["httpGet"]["path"] == "/health/startup"
        # It waits for the database, so a late one must not restart pods over and over.
        assert startup["periodSeconds"] * startup["failureThreshold"] >= 600


def test_p11_a_migration_gives_way_instead_of_blocking():
    (container,) = render().one("Job")["spec"]["template"]["spec"]["containers"]
    assert container["args"] == ["--lock-timeout", "5s", "--wait", "60s"]


def test_p12_closed_pods_can_look_up_names_and_reach_the_database(matrix):
    seen = set()
    for where, rendering in matrix.items():
        for policy in rendering.all("NetworkPolicy"):
            component = policy["spec"]["podSelector"]["matchLabels"]["component"]
            seen.add(component)
            if component == "database":
                assert policy["spec"]["egress"] == []
                continue
            ports = {(p["protocol"], p["port"]) for rule in policy["spec"]["egress"] for p in rule["ports"]}
            # OpenShift's DNS pods listen on the second one.
            assert {("UDP", 53), ("TCP", 53), ("UDP", 5353), ("TCP", 5353)} <= ports, where
            assert ("TCP", 8080 if component == "test" else 5432) in ports, where
    assert seen == {"server", "migration", "test", "database", "backup"}


def test_p12_the_job_has_a_policy_before_it_runs_and_prometheus_gets_in():
    rendering = combination("values-prod")
    policy = rendering.one("NetworkPolicy", "clockwork-migrate")
    assert hook(policy, "pre-install")
    weight = lambda o: int(o["metadata"]["annotations"]["helm.sh/hook-weight"])
    assert weight(policy) < weight(rendering.one("Job"))
    ingress = rendering.one("NetworkPolicy", "clockwork-server")["spec"]["ingress"]
    (metrics,) = [rule for rule in ingress if rule["ports"] == [{"protocol": "TCP", "port": "metrics"}]]
    assert metrics["from"] == [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}]


def test_p13_every_branch_is_rendered():
    """No `if` of a template is without a combination that goes in: each value that switches something on is on somewhere."""
    switches = set()

    def walk(values, path=()):
        for key, value in values.items():
            if isinstance(value, dict) and not key.endswith("ecurityContext"):
                walk(value, (*path, key))
            elif key in ("enabled", "create", "automount") or value is False:
                switches.add((*path, key))

    defaults = yaml.safe_load((chart.CHART / "values.yaml").read_text())
    walk(defaults)
    assert len(switches) > 15
    used = [yaml.safe_load(path.read_text()) for path in chart.EVERY.values()]

    def found(values, path):
        for key in path:
            values = values.get(key, {}) if isinstance(values, dict) else {}
        return values

    unused = {".".join(path) for path in switches if not any(found(values, path) == (not found(defaults, path)) for values in used)}
    assert unused == set()


def test_p14_the_schema_is_of_the_draft_that_every_helm_reads():
    text = (chart.CHART / "values.schema.json").read_text()
    assert json.loads(text)["$schema"] == "http://json-schema.org/draft-07/schema#"
    for newer in ("unevaluatedProperties", "unevaluatedItems", "$defs", "dependentRequired", "dependentSchemas", "prefixItems"):
        assert newer not in text


@pytest.mark.parametrize("helm", chart.HELMS)
def test_p14_an_unknown_key_is_refused(helm):
    with pytest.raises(chart.Refused, match="replicaCount"):
        render({"deployment": {"replicaCount": 3}}, helm=helm)


def test_p15_the_alert_on_errors_is_a_ratio_and_comes_unchanged():
    groups = combination("monitoring").one("PrometheusRule")["spec"]["groups"]
    assert groups == yaml.safe_load((chart.CHART / "alerts" / "clockwork.yaml").read_text())["groups"]
    (rule,) = [rule for group in groups for rule in group["rules"] if rule.get("alert") == "HighErrorRate"]
    assert re.search(r"sum .*\n\s*/\n\s*sum ", rule["expr"])


def test_p16_false_and_nothing_are_values():
    values = {"configMap": {"values": {"metricsPort": 0, "shutdownDrainSeconds": 0, "dbAutoMigrate": False}}, "deployment": {"replicas": 0, "revisionHistoryLimit": 0}}
    rendering = render(values)
    data = rendering.one("ConfigMap")["data"]
    assert (data["METRICS_PORT"], data["SHUTDOWN_DRAIN"], data["DB_AUTO_MIGRATE"]) == ("0", "0s", "false")
    spec = rendering.one("Deployment")["spec"]
    assert (spec["replicas"], spec["revisionHistoryLimit"]) == (0, 0)


def test_p16_settings_are_texts_links_are_off_and_selectors_know_no_version(matrix):
    for where, rendering in matrix.items():
        for configmap in rendering.all("ConfigMap", "clockwork-config"):
            assert all(isinstance(value, str) for value in configmap["data"].values()), where
        for _, pod in rendering.pods():
            assert pod["spec"]["enableServiceLinks"] is False, where
        selector = rendering.one("Deployment")["spec"]["selector"]["matchLabels"]
        assert selector == {"app": "clockwork", "component": "server", "app.kubernetes.io/instance": "clockwork"}
        assert selector.items() <= rendering.one("Deployment")["spec"]["template"]["metadata"]["labels"].items()
        for service in rendering.all("Service"):
            if service["metadata"]["labels"]["component"] == "server":
                assert service["spec"]["selector"] == selector


def test_p16_the_autoscaler_decides_how_many(matrix):
    for where, rendering in matrix.items():
        if where[0] == "pods":  # another autoscaler decides
            continue
        assert bool(rendering.all("HorizontalPodAutoscaler")) == ("replicas" not in rendering.one("Deployment")["spec"] or where[0] == "rollout-canary"), where


@pytest.mark.parametrize(
    "values",
    [
        {"podDisruptionBudget": {"enabled": True}},
        {"podDisruptionBudget": {"enabled": True, "minAvailable": 3}, "deployment": {"replicas": 3}},
        {"podDisruptionBudget": {"enabled": True, "minAvailable": "100%"}, "deployment": {"replicas": 3}},
        # Kubernetes rounds up: half of one is one, and 60 % of two are two.
        {"podDisruptionBudget": {"enabled": True, "minAvailable": "50%"}},
        {"podDisruptionBudget": {"enabled": True, "minAvailable": "60%"}, "deployment": {"replicas": 2}},
        {"podDisruptionBudget": {"enabled": True, "minAvailable": "80%"}, "autoscaling": {"enabled": True, "minReplicas": 4}},
        {"podDisruptionBudget": {"enabled": True, "maxUnavailable": 0}, "deployment": {"replicas": 3}},
        {"podDisruptionBudget": {"enabled": True, "minAvailable": 2}, "deployment": {"replicas": 5}, "autoscaling": {"enabled": True, "minReplicas": 2}},
    ],
)
def test_p16_a_budget_that_would_block_every_drain_is_refused(values):
    with pytest.raises(chart.Refused, match="no node could ever be drained"):
        render(values)


@pytest.mark.parametrize("least, replicas", [("50%", 2), ("66%", 3), ("75%", 4), (2, 3)])
def test_p16_a_budget_that_lets_one_go_is_taken(least, replicas):
    budget = render({"podDisruptionBudget": {"enabled": True, "minAvailable": least}, "deployment": {"replicas": replicas}}).one("PodDisruptionBudget")
    assert budget["spec"]["minAvailable"] == least


def test_p17_files_follow_the_secret():
    rendering = combination("secret-files")
    assert environment(rendering.container)["DATABASE_URL_FILE"] == "/etc/clockwork/secrets/DATABASE_URL"
    assert "DATABASE_URL" not in environment(rendering.container)
    # A file that is mounted alone would never change.
    assert "subPath" not in rendering.text
    (volume,) = [v for v in rendering.server["volumes"] if v["name"] == "secrets"]
    assert volume["projected"]["sources"] == [
        {"secret": {"name": "clockwork-secrets", "items": [{"key": "DATABASE_URL", "path": "DATABASE_URL"}]}},
        {"secret": {"name": "clockwork-secrets", "items": [{"key": "sentry-dsn", "path": "SENTRY_DSN"}]}},
    ]


def test_p17_a_changed_configmap_replaces_the_pods():
    checksum = lambda values: render(values).one("Deployment")["spec"]["template"]["metadata"]["annotations"]["checksum/config"]
    assert checksum({}) == checksum({"deployment": {"replicas": 3}})
    assert checksum({}) != checksum({"configMap": {"values": {"logLevel": "debug"}}})
    secret = lambda url: render({"secret": {"create": True, "data": {"DATABASE_URL": url}}}).one("Deployment")["spec"]["template"]["metadata"]["annotations"]["checksum/secret"]
    assert secret("postgres://a/b") != secret("postgres://a/c")


def test_p18_the_database_of_development_is_the_official_image_and_others_are_mapped():
    rendering = combination("postgresql")
    assert rendering.one("StatefulSet")["spec"]["template"]["spec"]["containers"][0]["image"] == "postgres:18"
    assert "bitnami" not in rendering.text
    assert "dependencies" not in yaml.safe_load((chart.CHART / "Chart.yaml").read_text())
    for name in ("cloudnativepg-secret", "cloudnativepg"):
        assert environment(combination(name).container)["DATABASE_URL"] == {"secretKeyRef": {"name": "clockwork-db-app", "key": "uri"}}


def test_p19_the_pods_of_failed_attempts_and_their_logs_stay():
    job = render().one("Job")
    assert job["spec"]["template"]["spec"]["restartPolicy"] == "Never"
    assert "hook-succeeded" not in job["metadata"]["annotations"]["helm.sh/hook-delete-policy"]
    assert "hook-failed" not in job["metadata"]["annotations"]["helm.sh/hook-delete-policy"]
    assert job["metadata"]["annotations"]["helm.sh/hook-output-log-policy"] == "hook-failed"
    assert job["spec"]["ttlSecondsAfterFinished"] == 86400


def test_p19_what_cannot_get_better_is_not_tried_again():
    disruption, fatal = render().one("Job")["spec"]["podFailurePolicy"]["rules"]
    assert disruption["action"] == "Ignore"
    assert (fatal["action"], fatal["onExitCodes"]["values"]) == ("FailJob", [2, 4, 78])
    # The API allows it for this restart policy only, and has it for good since 1.31.
    assert "podFailurePolicy" not in combination("migration-image").one("Job")["spec"]
    assert "podFailurePolicy" not in render(kubernetes="1.30").one("Job")["spec"]


def test_p20_values_that_others_forgot_have_an_effect():
    rendering = render(
        {
            "postgresql": {"existingSecret": "theirs"},
            "deployment": {"containerPort": 9000, "livenessProbe": {"periodSeconds": 77}},
            "configMap": {"values": {"port": 9000}},
            "migration": {"strategy": "initContainer"},
        }
    )
    assert environment(rendering.container)["DATABASE_URL"]["secretKeyRef"]["name"] == "theirs"
    assert rendering.container["ports"][0]["containerPort"] == 9000
    assert rendering.container["livenessProbe"]["periodSeconds"] == 77
    (container,) = rendering.server["initContainers"]
    assert (container["image"], container["command"]) == ("clockwork:0.1.0", ["/app/migrator", "up"])


def test_p20_a_tag_that_moves_is_refused_in_production():
    for tag in ("latest", "main", "dev", "staging", "production"):
        for values in ({"deployment": {"image": {"tag": tag}}}, {"migration": {"image": {"repository": "a/b", "tag": tag}}}):
            with pytest.raises(chart.Refused, match=f"image.tag is {tag} in production"):
                render(values)
    assert render({"deployment": {"image": {"tag": "latest", "digest": f"sha256:{'a' * 64}"}}})
    assert render({"deployment": {"image": {"tag": "latest"}}, "configMap": {"values": {"env": "staging"}}})
