"""What operators of other charts say, and this one understands: sidecars, labels everywhere, address families, peers, accounts, mirrors, own metrics and alerts."""

import json

import pytest
import yaml

import chart
from chart import combination, environment, hook, render


def job(rendering):
    return rendering.one("Job")["spec"]["template"]["spec"]


def names(containers):
    return [c["name"] for c in containers]


# --- containers beside the chart's


def test_sidecars_run_beside_the_server_and_the_migration():
    rendering = combination("sidecars")
    assert names(rendering.server["containers"]) == ["server", "sign-in"]
    assert names(rendering.server["initContainers"]) == ["database-proxy"]
    assert names(job(rendering)["containers"]) == ["migrate", "report"]
    # One that restarts is a sidecar for Kubernetes: the Job ends when the migration does.
    (proxy,) = job(rendering)["initContainers"]
    assert (proxy["name"], proxy["restartPolicy"]) == ("database-proxy", "Always")
    # Callers reach the proxy that asks who they are instead of the server.
    assert rendering.one("Service")["spec"]["ports"][0]["targetPort"] == "sign-in"
    assert {"ports": [{"protocol": "TCP", "port": "sign-in"}]} in rendering.one("NetworkPolicy", "clockwork-server")["spec"]["ingress"]


def test_a_proxy_to_the_database_starts_before_the_migration_of_a_pod():
    assert names(combination("sidecars-in-pods").server["initContainers"]) == ["database-proxy", "migrate"]


# --- labels and annotations


def test_every_object_has_the_labels_and_annotations_of_all_and_its_own():
    rendering = combination("labels")
    found = {}
    for o in rendering.objects:
        what = (o["kind"], o["metadata"]["name"])
        assert o["metadata"]["labels"]["example.com/team"] == "time", what
        assert o["metadata"]["annotations"]["example.com/owner"] == "team-a", what
        found[what] = (o["metadata"]["labels"].get("example.com/part"), o["metadata"]["annotations"].get("example.com/part"))
    for what, part in {
        ("Namespace", "clockwork"): "namespace",
        ("ConfigMap", "clockwork-config"): "configMap",
        ("Secret", "clockwork-secrets"): "secret",
        ("Deployment", "clockwork-server"): "deployment",
        ("ServiceAccount", "clockwork"): "serviceAccount",
        ("Service", "clockwork-service"): "service",
        ("CronJob", "clockwork-migrate"): "migration",
        ("Ingress", "clockwork-ingress"): "ingress",
        ("HTTPRoute", "clockwork-route"): "httpRoute",
        ("VirtualService", "clockwork-route"): "virtualService",
        ("HorizontalPodAutoscaler", "clockwork-hpa"): "autoscaling",
        ("PodDisruptionBudget", "clockwork-pdb"): "podDisruptionBudget",
        ("NetworkPolicy", "clockwork-server"): "networkPolicy",
    }.items():
        assert found[what] == (part, part), what
    assert found["ServiceMonitor", "clockwork-server"][1] == "serviceMonitor"
    assert found["ConfigMap", "clockwork-server-dashboard"][1] == "dashboard"
    pod = rendering.one("Pod")
    assert pod["metadata"]["labels"]["sidecar.istio.io/inject"] == "false"
    assert hook(pod, "test") and pod["metadata"]["annotations"]["example.com/part"] == "tests"


@pytest.mark.parametrize("section", ["service", "deployment", "configMap"])
def test_a_label_of_the_operator_s_does_not_change_what_is_selected(section):
    rendering = render({section: {"labels": {"app": "other", "component": "other", "app.kubernetes.io/instance": "other"}}, "metrics": {"serviceMonitor": {"enabled": True}}})
    selected = rendering.one("ServiceMonitor")["spec"]["selector"]["matchLabels"]
    assert selected.items() <= rendering.one("Service")["metadata"]["labels"].items()
    assert rendering.one("Deployment")["metadata"]["labels"]["component"] == "server"


def test_hooks_keep_what_makes_them_hooks():
    rendering = combination("labels")
    annotations = {"migration": {"annotations": {"helm.sh/hook": "post-install", "helm.sh/hook-weight": "9"}}}
    for o in render(annotations).all("Job"):
        assert (o["metadata"]["annotations"]["helm.sh/hook"], o["metadata"]["annotations"]["helm.sh/hook-weight"]) == ("pre-install,pre-upgrade", "-5")
    assert not hook(rendering.one("CronJob"))


# --- the Service


def test_a_service_of_both_families_lets_the_server_listen_on_both():
    rendering = combination("dual-stack")
    for service in rendering.all("Service"):
        assert (service["spec"]["ipFamilyPolicy"], service["spec"]["ipFamilies"]) == ("PreferDualStack", ["IPv6", "IPv4"])
    spec = rendering.one("Service", "clockwork-service")["spec"]
    assert (spec["externalTrafficPolicy"], spec["internalTrafficPolicy"], spec["trafficDistribution"], spec["loadBalancerIP"]) == ("Local", "Cluster", "PreferClose", "192.0.2.1")
    assert spec["sessionAffinityConfig"] == {"clientIP": {"timeoutSeconds": 600}}
    assert rendering.one("ConfigMap")["data"]["HOST"] == "::"
    assert environment(job(rendering)["containers"][0])["HOST"] == "::"
    assert "HOST" not in render().one("ConfigMap")["data"]
    assert environment(render({"service": {"ipFamilies": ["IPv6"]}, "configMap": {"create": False}}).container)["HOST"] == "::"
    assert "trafficDistribution" not in combination("dual-stack", kubernetes="1.28").one("Service", "clockwork-service")["spec"]


# --- HTTPRoute


def test_rules_of_the_operator_s_lead_to_the_service_unless_they_redirect():
    redirect, slow, rest = combination("httproute-rules").one("HTTPRoute")["spec"]["rules"]
    assert "backendRefs" not in redirect
    assert slow["timeouts"] == {"request": "0s"}
    assert slow["backendRefs"] == rest["backendRefs"] == [{"name": "clockwork-service", "port": 80}]


def test_filters_and_timeouts_go_with_the_chart_s_own_rules():
    route = {"enabled": True, "parentRefs": [{"name": "public"}], "timeouts": {"request": "0s"}, "filters": [{"type": "ResponseHeaderModifier", "responseHeaderModifier": {"remove": ["Server"]}}]}
    for values in ({}, {"canary": {"enabled": True}}):
        for rule in render({"httpRoute": route, **values}).one("HTTPRoute")["spec"]["rules"]:
            assert (rule["timeouts"], rule["filters"]) == (route["timeouts"], route["filters"])


# --- NetworkPolicy


def test_callers_are_named_by_namespace_address_or_selector():
    rendering = combination("network-peers")
    http, metrics, extra = rendering.one("NetworkPolicy", "clockwork-server")["spec"]["ingress"]
    assert [f.get("ipBlock", {}).get("cidr") for f in http["from"] if "ipBlock" in f] == ["10.0.16.0/20", "fd00:10::/64"]
    assert {"namespaceSelector": {"matchLabels": {"policy-group.network.openshift.io/ingress": ""}}} in http["from"]
    assert metrics["from"][0]["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "prometheus"}}
    assert extra == {"ports": [{"protocol": "TCP", "port": 15090}]}


@pytest.mark.parametrize("key, value", [("ingressNamespaces", ["a"]), ("ingressCIDRs", ["10.0.0.0/8"]), ("ingressFrom", [{"podSelector": {}}])])
def test_one_way_to_name_callers_is_enough_to_keep_the_others_out(key, value):
    (http, *_) = render({"networkPolicy": {"enabled": True, key: value}}).one("NetworkPolicy", "clockwork-server")["spec"]["ingress"]
    assert len(http["from"]) == 2
    assert "from" not in render({"networkPolicy": {"enabled": True}}).one("NetworkPolicy", "clockwork-server")["spec"]["ingress"][0]


# --- accounts


def test_the_migration_has_the_account_that_is_named_for_it():
    rendering = combination("existing-account")
    assert not rendering.all("ServiceAccount")
    assert job(rendering)["serviceAccountName"] == "existing-migration-account"
    rendering = render({"serviceAccount": {"create": False, "name": "existing"}})
    assert not rendering.all("ServiceAccount")
    assert job(rendering)["serviceAccountName"] == "existing"
    rendering = render({"serviceAccount": {"annotations": {"a": "server"}}, "migration": {"serviceAccount": {"annotations": {"a": "migration"}}}})
    assert rendering.one("ServiceAccount", "clockwork-migrate")["metadata"]["annotations"]["a"] == "migration"
    assert render({"serviceAccount": {"annotations": {"a": "server"}}}).one("ServiceAccount", "clockwork-migrate")["metadata"]["annotations"]["a"] == "server"


# --- a parent chart


def test_every_image_comes_from_the_mirror_of_all_charts():
    rendering = combination("registry")
    images = {c["image"] for _, pod in rendering.pods() for c in pod["spec"]["containers"] + pod["spec"].get("initContainers", [])}
    assert images == {"mirror.example.com:5000/acme/clockwork:1.2.3", "mirror.example.com:5000/postgres:18"}
    for owner, pod in rendering.pods():
        assert pod["spec"]["imagePullSecrets"] == [{"name": "own"}, {"name": "second"}, {"name": "mirror"}], owner["kind"]
    cluster = render({"global": {"imageRegistry": "mirror"}, "cloudNativePG": {"enabled": True, "imageName": "ghcr.io/cloudnative-pg/postgresql:18"}}).one("Cluster")
    assert cluster["spec"]["imageName"] == "mirror/cloudnative-pg/postgresql:18"


def test_a_condition_of_a_parent_chart_is_no_unknown_key(tmp_path):
    assert render({"enabled": True, "global": {"anything": {"goes": 1}}})
    with pytest.raises(chart.Refused, match="only a parent chart can act on"):
        render({"enabled": False})


# --- pods


def test_what_a_cluster_asks_of_pods():
    rendering = combination("pods")
    deployment = rendering.one("Deployment")
    # KEDA and its like decide how many.
    assert "replicas" not in deployment["spec"]
    assert deployment["spec"]["progressDeadlineSeconds"] == 900
    assert deployment["metadata"]["annotations"]["reloader.stakater.com/auto"] == "true"
    assert rendering.container["lifecycle"] == {"preStop": {"httpGet": {"path": "/livez", "port": "http"}}}
    for owner, pod in rendering.pods():
        spec = pod["spec"]
        assert (spec["runtimeClassName"], spec["schedulerName"], spec["hostUsers"], spec["dnsPolicy"]) == ("gvisor", "other", False, "ClusterFirst"), owner["kind"]
        assert spec["hostAliases"] == [{"ip": "10.0.0.1", "hostnames": ["db.internal"]}]
        assert spec["dnsConfig"] == {"options": [{"name": "ndots", "value": "2"}]}
    (constraint,) = rendering.server["topologySpreadConstraints"]
    assert constraint["labelSelector"]["matchLabels"] == deployment["spec"]["selector"]["matchLabels"]
    assert rendering.one("PodDisruptionBudget")["spec"]["minAvailable"] == 1
    assert rendering.one("ConfigMap", "more-clockwork")["metadata"]["namespace"] == "clockwork"


def test_a_lifecycle_hook_of_the_operator_s_leaves_the_pause_before_a_stop():
    lifecycle = render({"deployment": {"lifecycle": {"postStart": {"httpGet": {"path": "/livez", "port": "http"}}}}}).container["lifecycle"]
    assert set(lifecycle) == {"postStart", "preStop"}


# --- the database of the release


def test_the_database_runs_where_it_may_and_is_dumped():
    rendering = combination("registry")
    backup = rendering.one("CronJob", "clockwork-postgresql-backup")
    template = backup["spec"]["jobTemplate"]["spec"]["template"]
    for spec in (rendering.one("StatefulSet")["spec"]["template"]["spec"], template["spec"]):
        assert (spec["nodeSelector"], spec["priorityClassName"]) == ({"disk": "ssd"}, "database")
        assert spec["tolerations"] == [{"key": "database", "operator": "Exists"}]
    volume = rendering.one("PersistentVolumeClaim", "clockwork-postgresql-backup")
    assert volume["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
    assert volume["spec"]["storageClassName"] == "slow"
    assert environment(template["spec"]["containers"][0])["KEEP"] == "14"
    # The database lets the dump in, and the dump may leave for nothing else.
    labels = template["metadata"]["labels"]
    allowed = rendering.one("NetworkPolicy", "clockwork-postgresql")["spec"]["ingress"][0]["from"]
    assert any(f["podSelector"]["matchLabels"].items() <= labels.items() for f in allowed)
    assert rendering.one("NetworkPolicy", "clockwork-postgresql-backup")["spec"]["podSelector"]["matchLabels"].items() <= labels.items()
    assert not render({"postgresql": {"enabled": True}}).all("PersistentVolumeClaim")


# --- scaling, alerts, secrets


def test_the_autoscaler_may_look_at_other_metrics():
    metrics = combination("alerts").one("HorizontalPodAutoscaler")["spec"]["metrics"]
    assert [m["type"] for m in metrics] == ["Pods"]


def test_each_alert_may_be_changed_or_left_out():
    rules = {rule["alert"]: rule for group in combination("alerts").one("PrometheusRule")["spec"]["groups"] for rule in group["rules"]}
    own = {rule["alert"]: rule for group in yaml.safe_load((chart.CHART / "alerts" / "clockwork.yaml").read_text())["groups"] for rule in group["rules"]}
    assert set(own) - set(rules) == {"VersionsMixed"}
    assert rules["Ours"]["expr"] == "vector(1)"
    assert rules["HighErrorRate"]["expr"] == own["HighErrorRate"]["expr"].replace("> 0.05", "> 0.01")
    assert (rules["HighErrorRate"]["for"], rules["HighErrorRate"]["labels"]) == ("10m", {"app": "clockwork", "severity": "warning"})
    assert rules["DatabaseDown"]["labels"] == {"app": "clockwork", "severity": "critical", "team": "database"}
    unchanged = set(own) - {"HighErrorRate", "DatabaseDown", "VersionsMixed"}
    assert {name: rules[name] for name in unchanged} == {name: own[name] for name in unchanged}
    # A threshold of each rule that has one, and only the number at its end.
    for name, rule in own.items():
        try:
            changed = render({"metrics": {"prometheusRule": {"enabled": True, "alerts": {name: {"threshold": 42}}}}}).one("PrometheusRule")
        except chart.Refused as refused:
            assert "does not end with one number" in str(refused)
            assert name in ("PoolExhausted", "ServerDown")
            continue
        (expr,) = [r["expr"] for g in changed["spec"]["groups"] for r in g["rules"] if r["alert"] == name]
        assert expr.rstrip().endswith("42") and expr.rstrip()[:-2] == rule["expr"].rstrip()[: len(expr.rstrip()) - 2]


def test_an_alert_that_there_is_not_is_refused():
    with pytest.raises(chart.Refused, match="alerts has HighErorRate, and there are DatabaseDown"):
        render({"metrics": {"prometheusRule": {"enabled": True, "alerts": {"HighErorRate": {"enabled": False}}}}})


def test_a_secret_setting_may_come_from_another_secret():
    rendering = combination("alerts")
    (volume,) = [v for v in rendering.server["volumes"] if v["name"] == "secrets"]
    assert {"secret": {"name": "sentry", "items": [{"key": "dsn", "path": "SENTRY_DSN"}]}} in volume["projected"]["sources"]
    variables = environment(render({"secret": {"extraKeys": {"SENTRY_DSN": {"secret": "sentry", "key": "dsn"}, "REDIS_URL": "redis"}}}).container)
    assert variables["SENTRY_DSN"] == {"secretKeyRef": {"name": "sentry", "key": "dsn"}}
    assert variables["REDIS_URL"] == {"secretKeyRef": {"name": "clockwork-secrets", "key": "redis"}}


def test_a_monitor_may_be_in_prometheus_namespace():
    monitor = combination("network-peers").one("ServiceMonitor")
    assert monitor["metadata"]["namespace"] == "monitoring"
    assert monitor["spec"]["namespaceSelector"] == {"matchNames": ["clockwork"]}
    (endpoint,) = monitor["spec"]["endpoints"]
    assert endpoint["scrapeTimeout"] == "10s" and endpoint["relabelings"] and endpoint["metricRelabelings"]
    assert "namespaceSelector" not in combination("monitoring").one("ServiceMonitor")["spec"]


def test_a_rollout_may_have_more_of_its_strategy():
    canary = combination("rollout-routed").one("Rollout")["spec"]["strategy"]["canary"]
    assert canary["trafficRouting"] == {"nginx": {"stableIngress": "clockwork-ingress"}}
    assert (canary["maxSurge"], canary["maxUnavailable"], len(canary["steps"])) == ("25%", 0, 4)


@pytest.mark.parametrize(
    "values, message",
    [
        ({"service": {"externalTrafficPolicy": "Local"}}, "service.type is ClusterIP"),
        ({"service": {"sessionAffinityConfig": {"clientIP": {}}}}, "is for service.sessionAffinity ClientIP"),
        ({"service": {"ipFamilies": ["IPv6"]}, "deployment": {"extraEnv": [{"name": "HOST", "value": "::"}]}}, "for which the chart sets it"),
        ({"canary": {"enabled": True}, "httpRoute": {"enabled": True, "parentRefs": [{"name": "a"}], "rules": [{}]}}, "choose one"),
        ({"postgresql": {"backup": {"enabled": True}}}, "back up another one where it runs"),
        ({"metrics": {"prometheusRule": {"alerts": {"PoolExhausted": {"threshold": 1}}}}}, "does not end with one number"),
    ],
)
def test_what_does_not_go_together_is_refused(values, message):
    with pytest.raises(chart.Refused) as refused:
        render(values)
    assert message in str(refused.value)


# --- keys that users of other charts know


CUSTOMARY = {
    # A key of this chart, by the name that it has in cert-manager's, zitadel's, grafana's or bitnami's.
    "extraContainers": "deployment.extraContainers",
    "sidecars": "deployment.extraContainers",
    "initContainers": "deployment.extraInitContainers",
    "commonAnnotations": "commonAnnotations",
    "service.ipFamilyPolicy": "service.ipFamilyPolicy",
    "service.externalTrafficPolicy": "service.externalTrafficPolicy",
    "service.clusterIP": "service.clusterIP",
    "route.main.filters": "httpRoute.filters",
    "dnsConfig": "deployment.dnsConfig",
    "hostAliases": "deployment.hostAliases",
    "runtimeClassName": "deployment.runtimeClassName",
    "schedulerName": "deployment.schedulerName",
    "topologySpreadConstraints": "deployment.topologySpreadConstraints",
    "lifecycleHooks": "deployment.lifecycle",
    "autoscaling.metrics": "autoscaling.metrics",
    "metrics.serviceMonitor.relabelings": "metrics.serviceMonitor.relabelings",
    "metrics.serviceMonitor.namespace": "metrics.serviceMonitor.namespace",
    "networkPolicy.extraIngress": "networkPolicy.extraIngress",
    "extraDeploy": "extraObjects",
    "serviceAccount.labels": "serviceAccount.labels",
}


@pytest.mark.parametrize("theirs, ours", CUSTOMARY.items())
def test_a_customary_key_has_an_equivalent(theirs, ours):
    schema = json.loads((chart.CHART / "values.schema.json").read_text())
    for key in ours.split("."):
        schema = schema["properties"][key]
    assert schema["description"]
