"""What an installation is made of: migrations, what exists already, names, access, pods."""

import json
import subprocess

import pytest

import chart
from chart import combination, environment, hook, plain, render


def migrates(rendering):
    """How a rendering brings the schema up to date."""
    ways = []
    if rendering.all("Job"):
        ways.append("job")
    if any(c["name"] == "migrate" for c in rendering.server.get("initContainers", [])):
        ways.append("initContainer")
    if any(c["data"].get("DB_AUTO_MIGRATE") == "true" for c in rendering.all("ConfigMap", "clockwork-config")):
        ways.append("auto")
    return ways


@pytest.mark.parametrize(
    "name, ways",
    [
        ("default", ["job"]),
        ("values-dev", ["auto"]),
        ("values-staging", ["job"]),
        ("values-prod", ["job"]),
        ("init-container", ["initContainer"]),
        ("auto-migrate", ["auto"]),
        ("no-migration", []),
        # Where a Job could not go first.
        ("postgresql", ["initContainer"]),
        ("cloudnativepg", ["initContainer"]),
        ("foreign-namespace", ["initContainer"]),
        # Where it can, although the namespace is not the release's own.
        ("foreign-existing-namespace", ["job"]),
        ("cloudnativepg-secret", ["job"]),
    ],
)
def test_each_strategy_and_no_other(name, ways):
    assert migrates(combination(name)) == ways


def test_hooks_come_in_order():
    rendering = combination("green")
    hooks = {(o["kind"], o["metadata"]["name"]): o["metadata"]["annotations"] for o in rendering.objects if hook(o, "pre-install")}
    assert {what: annotations["helm.sh/hook-weight"] for what, annotations in hooks.items()} == {
        ("ServiceAccount", "clockwork-migrate-green"): "-20",
        ("NetworkPolicy", "clockwork-migrate-green"): "-20",
        ("Secret", "clockwork-migrate-env-green"): "-15",
        ("Job", "clockwork-migrate-green"): "-5",
    }
    for (kind, _), annotations in hooks.items():
        assert annotations["helm.sh/hook-delete-policy"] == ("before-hook-creation" if kind == "Job" else "before-hook-creation,hook-succeeded")


def test_a_secret_of_the_release_is_copied_for_the_job_and_stays_the_release_s():
    rendering = combination("created-secret")
    secret, copy = rendering.one("Secret", "clockwork-secrets"), rendering.one("Secret", "clockwork-migrate-env")
    assert not hook(secret) and hook(copy, "pre-upgrade")
    assert plain(secret) == plain(copy)
    assert set(plain(secret)) == {"DATABASE_URL", "SENTRY_DSN"}
    (migrate,) = rendering.one("Job")["spec"]["template"]["spec"]["containers"]
    assert environment(migrate)["DATABASE_URL"]["secretKeyRef"]["name"] == "clockwork-migrate-env"
    assert environment(rendering.container)["DATABASE_URL"]["secretKeyRef"]["name"] == "clockwork-secrets"
    assert environment(rendering.container)["SENTRY_DSN"]["secretKeyRef"] == {"name": "clockwork-secrets", "key": "SENTRY_DSN"}


def test_a_variable_given_twice_reaches_the_job_once_and_the_given_one_wins():
    rendering = combination("everywhere")
    (migrate,) = rendering.one("Job")["spec"]["template"]["spec"]["containers"]
    assert environment(migrate)["LOG_LEVEL"] == "debug"
    assert environment(rendering.container)["LOG_LEVEL"] == "debug"


def test_migrations_may_have_a_role_of_their_own_which_the_server_does_not_see():
    rendering = combination("migration-role")
    (migrate,) = rendering.one("Job")["spec"]["template"]["spec"]["containers"]
    assert environment(migrate)["DATABASE_URL"] == {"secretKeyRef": {"name": "clockwork-secrets", "key": "MIGRATION_DATABASE_URL"}}
    assert "DATABASE_URL_FILE" not in environment(migrate)
    assert list(environment(rendering.container)) == ["DATABASE_URL_FILE"]
    rendering = combination("migration-role-in-pods")
    (migrate,) = rendering.server["initContainers"]
    assert environment(migrate)["DATABASE_URL"]["secretKeyRef"]["key"] == "MIGRATION_DATABASE_URL"
    assert environment(rendering.container) == {"DATABASE_URL": {"secretKeyRef": {"name": "clockwork-secrets", "key": "DATABASE_URL"}}}


def test_the_job_by_hand_is_the_job_with_what_the_release_has():
    rendering = combination("migration-by-hand")
    cronjob = rendering.one("CronJob", "clockwork-migrate")
    assert cronjob["spec"]["suspend"] is True
    pod = cronjob["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["serviceAccountName"] == "clockwork"
    assert pod["containers"][0]["envFrom"] == [{"configMapRef": {"name": "clockwork-config"}}]
    assert not hook(rendering.one("NetworkPolicy", "clockwork-migrate-by-hand"))


# --- what exists already (C49-C52 of the sources)


def test_an_existing_namespace_is_used():
    rendering = combination("existing-namespace")
    assert {o["metadata"]["namespace"] for o in rendering.objects} == {"team-a"}


def test_an_existing_configmap_is_used_by_server_and_job():
    rendering = combination("existing-configmap")
    assert not rendering.all("ConfigMap")
    (migrate,) = rendering.one("Job")["spec"]["template"]["spec"]["containers"]
    for container in (rendering.container, migrate):
        assert container["envFrom"] == [{"configMapRef": {"name": "existing-config"}}]
        # What it may lack, and other objects are made of, is the chart's.
        assert environment(container) == {
            "AUTH_MODE": "accounts",
            "DB_AUTO_MIGRATE": "false",
            "ENV": "production",
            "METRICS_PORT": "9090",
            "PORT": "8080",
            "SHUTDOWN_DRAIN": "5s",
            "SHUTDOWN_TIMEOUT": "30s",
            "DATABASE_URL": {"secretKeyRef": {"name": "clockwork-secrets", "key": "DATABASE_URL"}},
        }


def test_callers_are_told_apart_unless_the_values_say_otherwise():
    def mode(**values):
        data = render({"configMap": {"values": values}}).one("ConfigMap")["data"]
        return data["AUTH_MODE"], data.get("AUTH_NONE_ANYWHERE")

    assert mode() == mode(env="staging") == mode(authMode="accounts") == ("accounts", None)
    # What the server decides by itself, so that a release of development stays what it was.
    assert mode(env="development") == ("none", None)
    assert mode(env="development", authMode="accounts") == ("accounts", None)
    # A pod listens on all addresses: without the second setting the server would refuse to start.
    assert mode(authMode="none") == ("none", "true")
    existing = environment(render({"configMap": {"create": False, "values": {"authMode": "none"}}}).container)
    assert (existing["AUTH_MODE"], existing["AUTH_NONE_ANYWHERE"]) == ("none", "true")


def test_providers_of_single_sign_on_reach_the_server_with_their_secrets():
    rendering = combination("accounts")
    data = rendering.one("ConfigMap")["data"]
    assert {name: value for name, value in data.items() if name.startswith("OIDC_")} == {
        "OIDC_COMPANY_ISSUER": "https://id.example.com",
        "OIDC_COMPANY_CLIENT_ID": "clockwork",
        "OIDC_COMPANY_LABEL": "Company login",
        "OIDC_COMPANY_ALLOWED_DOMAINS": "example.com",
        "OIDC_COMPANY_AUTO_JOIN": "true",
        "OIDC_COMPANY_ROLE_CLAIM": "groups",
        "OIDC_COMPANY_ROLE_MAP": "staff=member,leads=manager",
        "OIDC_PARTNER_ISSUER": "https://login.example.org",
        "OIDC_PARTNER_CLIENT_ID": "clockwork",
    }
    assert data["SESSION_IDLE_TIMEOUT"] == "7days"
    variables = environment(rendering.container)
    assert variables["OIDC_COMPANY_CLIENT_SECRET"]["secretKeyRef"] == {"name": "clockwork-secrets", "key": "oidc-company"}
    assert variables["SMTP_URL"]["secretKeyRef"] == {"name": "clockwork-secrets", "key": "smtp-url"}
    assert "OIDC_PARTNER_CLIENT_SECRET" not in variables
    # With a ConfigMap of the operator's the values still name them.
    company = {"company": {"issuer": "https://id.example.com", "clientId": "clockwork", "clientSecretKey": "key"}}
    existing = environment(render({"configMap": {"create": False}, "oidc": company}).container)
    assert existing["OIDC_COMPANY_ISSUER"] == "https://id.example.com"
    assert existing["OIDC_COMPANY_CLIENT_SECRET"]["secretKeyRef"]["key"] == "key"
    files = environment(render({"configMap": {"values": {"publicUrl": "https://time.example.com"}}, "secret": {"inject": "file"}, "oidc": company}).container)
    assert files["OIDC_COMPANY_CLIENT_SECRET_FILE"] == "/etc/clockwork/secrets/OIDC_COMPANY_CLIENT_SECRET"


COMPANY = {"company": {"issuer": "https://id.example.com", "clientId": "clockwork"}}


@pytest.mark.parametrize(
    "values, reason",
    [
        ({"oidc": COMPANY}, "oidc needs configMap.values.publicUrl"),
        ({"oidc": COMPANY, "configMap": {"values": {"authMode": "none", "publicUrl": "https://a.example"}}}, "no effect with authMode none"),
        ({"configMap": {"values": {"authPasswords": False}}}, "no way left to sign in"),
        ({"oidc": {"Company": COMPANY["company"]}}, "oidc"),
        ({"oidc": {"company": {"issuer": "https://id.example.com"}}}, "clientId"),
        ({"configMap": {"values": {"authMode": "open"}}}, "authMode"),
    ],
)
def test_ways_to_sign_in_that_lead_nowhere_are_refused(values, reason):
    with pytest.raises(chart.Refused, match=reason):
        render(values)


def test_the_port_of_an_existing_configmap_is_the_container_s():
    rendering = render({"configMap": {"create": False}, "deployment": {"containerPort": 9000}})
    assert environment(rendering.container)["PORT"] == "9000"
    assert rendering.container["ports"][0]["containerPort"] == 9000


@pytest.mark.parametrize(
    "name, secret, key",
    [
        ("default", "clockwork-secrets", "DATABASE_URL"),
        ("existing-secret", "existing-secret", "DATABASE_URL"),
        ("existing-secret-key", "existing-secret", "database-url"),
        ("existing-database-secret", "database-secret", "DATABASE_URL"),
        ("postgresql", "clockwork-postgresql", "DATABASE_URL"),
    ],
)
def test_the_database_is_that_of_the_secret(name, secret, key):
    rendering = combination(name)
    assert environment(rendering.container)["DATABASE_URL"] == {"secretKeyRef": {"name": secret, "key": key}}


@pytest.mark.parametrize("starter", ["", *chart.STARTERS])
def test_naming_a_secret_is_enough_whatever_one_begins_with(starter):
    files = [chart.STARTERS[starter]] if starter else []
    rendering = render(files=files, args=("-n", "clockwork", "--set", "secret.name=mine"))
    assert "clockwork-secrets" not in rendering.text
    assert "mine" in rendering.text


def test_all_of_them_at_once():
    rendering = combination("existing-everything")
    assert not rendering.all("ConfigMap") and not rendering.all("Secret") and not rendering.all("Namespace")
    assert not rendering.all("ServiceAccount")
    for pod in (rendering.server, rendering.one("Job")["spec"]["template"]["spec"]):
        assert pod["serviceAccountName"] == "existing-account"


def test_a_url_is_made_of_its_parts():
    secret = combination("created-secret-from-parts").one("Secret", "clockwork-secrets")
    assert plain(secret)["DATABASE_URL"] == "postgres://time%40keeper:p%2Fw%20d%2B%25@10.1.2.3:5432/clockwork?sslmode=verify-full"


@pytest.mark.parametrize(
    "name, said, secret",
    [
        ("password-key", {"DATABASE_HOST": "db.example.com", "DATABASE_PORT": "6432", "DATABASE_NAME": "time", "DATABASE_SSLMODE": "verify-full", "DATABASE_USER": "tracker"}, {"DATABASE_PASSWORD": "password"}),
        ("username-key", {"DATABASE_HOST": "db1.example.com,db2.example.com", "DATABASE_PORT": "5432", "DATABASE_NAME": "clockwork", "DATABASE_SSLMODE": "require"}, {"DATABASE_PASSWORD": "password", "DATABASE_USER": "username"}),
    ],
)
def test_a_secret_may_hold_the_password_alone(name, said, secret):
    rendering = combination(name)
    pods = [rendering.server] + [o["spec"]["template"]["spec"] for o in rendering.all("Job")]
    configmap = {variable: value for o in rendering.all("ConfigMap", "clockwork-config") for variable, value in o["data"].items()}
    for pod in pods:
        for container in pod["containers"] + pod.get("initContainers", []):
            given = (configmap if any("configMapRef" in source for source in container.get("envFrom", [])) else {}) | environment(container)
            assert {variable: value for variable, value in given.items() if variable.startswith("DATABASE_") and variable in said} == said
            assert "DATABASE_URL" not in given and "DATABASE_URL_FILE" not in given
            if name == "password-key":
                assert given["DATABASE_PASSWORD_FILE"] == "/etc/clockwork/secrets/DATABASE_PASSWORD"
                (volume,) = [v for v in pod["volumes"] if v["name"] == "secrets"]
                assert volume["projected"]["sources"] == [{"secret": {"name": "clockwork-database", "items": [{"key": "password", "path": "DATABASE_PASSWORD"}]}}]
            else:
                for variable, key in secret.items():
                    assert given[variable] == {"secretKeyRef": {"name": "clockwork-database", "key": key}}


def test_the_database_of_development_keeps_its_password_as_long_as_its_data():
    rendering = combination("postgresql")
    secret = rendering.one("Secret", "clockwork-postgresql")
    assert secret["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
    assert plain(secret) == {
        "password": "for-development",
        "DATABASE_URL": "postgres://clockwork:for-development@clockwork-postgresql:5432/clockwork?sslmode=disable",
    }
    made_up = [plain(render({"postgresql": {"enabled": True}}, release=f"r{n}").one("Secret"))["password"] for n in range(2)]
    assert all(len(password) == 32 for password in made_up) and made_up[0] != made_up[1]


def test_the_cluster_of_cloudnativepg_is_what_its_operator_knows():
    cluster = combination("cloudnativepg").one("Cluster", "clockwork-db")
    assert cluster["apiVersion"] == "postgresql.cnpg.io/v1"
    assert cluster["spec"] == {
        "instances": 3,
        "imageName": "ghcr.io/cloudnative-pg/postgresql:18",
        "bootstrap": {"initdb": {"database": "clockwork", "owner": "clockwork"}},
        "storage": {"size": "50Gi", "storageClass": "fast"},
        "resources": {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"memory": "2Gi"}},
        "monitoring": {"enablePodMonitor": True},
    }
    assert cluster["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"


# --- names, and two releases


def test_the_names_of_the_first_chart():
    names = {(o["kind"], o["metadata"]["name"]) for name in ("values-prod", "ingress") for o in combination(name).objects}
    assert {
        ("ConfigMap", "clockwork-config"),
        ("Deployment", "clockwork-server"),
        ("Service", "clockwork-service"),
        ("Job", "clockwork-migrate"),
        ("Ingress", "clockwork-ingress"),
        ("HorizontalPodAutoscaler", "clockwork-hpa"),
        ("PodDisruptionBudget", "clockwork-pdb"),
    } <= names
    assert render().container["name"] == "server"


def test_two_releases_fit_into_one_namespace():
    blue, green = combination("values-prod"), combination("green", release="clockwork-green")
    names = lambda rendering: {(o["kind"], o["metadata"]["name"]) for o in rendering.objects}
    assert not names(blue) & names(green)
    selector = lambda rendering: rendering.one("Service")["spec"]["selector"]
    assert selector(blue) != selector(green)
    for service in green.all("Service"):
        assert service["spec"]["selector"]["app.kubernetes.io/instance"] == "clockwork-green"


def test_two_releases_fit_into_one_cluster():
    for namespace in ("one", "two"):
        rendering = render({"namespace": {"name": namespace}}, args=("-n", namespace))
        assert {o["metadata"]["namespace"] for o in rendering.objects} == {namespace}


# --- access


def test_metrics_are_not_reachable_from_outside():
    for name in ("node-port", "load-balancer"):
        rendering = combination(name)
        assert [p["name"] for p in rendering.one("Service", "clockwork-service")["spec"]["ports"]] == ["http"]
        inner = rendering.one("Service", "clockwork-service-metrics")["spec"]
        assert (inner["type"], [p["name"] for p in inner["ports"]]) == ("ClusterIP", ["metrics"])
    assert [p["name"] for p in render().one("Service")["spec"]["ports"]] == ["http", "metrics"]
    rendering = combination("metrics-off")
    assert [p["name"] for p in rendering.one("Service")["spec"]["ports"]] == ["http"]
    assert [p["name"] for p in rendering.container["ports"]] == ["http"]


def test_an_ingress_leads_to_the_service():
    paths = lambda name: [(rule.get("host"), p["path"], p["backend"]["service"]) for rule in combination(name).one("Ingress")["spec"]["rules"] for p in rule["http"]["paths"]]
    service = {"name": "clockwork-service", "port": {"name": "http"}}
    assert paths("ingress") == [("time.example.com", "/", service), ("example.com", "/time", service)]
    assert paths("ingress-everything") == [(None, "/", service)]
    assert paths("ingress-as-kubernetes") == [("time.example.com", "/", {"name": "clockwork-service", "port": {"number": 80}})]


def test_what_is_published_under_a_path_gets_only_what_is_below_it():
    outside = {"ingress": {"enabled": True, "rules": [{"host": "example.com"}]}, "httpRoute": {"enabled": True, "parentRefs": [{"name": "public"}]}}
    rendering = render({"configMap": {"values": {"basePath": "/clockwork"}}, **outside})
    assert rendering.one("ConfigMap")["data"]["BASE_PATH"] == "/clockwork"
    (rule,) = rendering.one("Ingress")["spec"]["rules"]
    assert (rule["host"], rule["http"]["paths"][0]["path"]) == ("example.com", "/clockwork")
    (route,) = rendering.one("HTTPRoute")["spec"]["rules"]
    assert route["matches"] == [{"path": {"type": "PathPrefix", "value": "/clockwork"}}]


def test_a_canary_gets_its_share_and_whoever_asks_for_it():
    asked, shared = combination("httproute-canary").one("HTTPRoute")["spec"]["rules"]
    assert asked["matches"][0]["headers"] == [{"type": "Exact", "name": "canary", "value": "true"}]
    assert [b["name"] for b in asked["backendRefs"]] == ["clockwork-service-canary"]
    assert [(b["name"], b["weight"]) for b in shared["backendRefs"]] == [("clockwork-service", 75), ("clockwork-service-canary", 25)]
    asked, shared = combination("istio-canary").one("VirtualService")["spec"]["http"]
    assert asked["match"] == [{"headers": {"canary": {"exact": "true"}}}]
    assert [(r["destination"]["host"], r["weight"]) for r in shared["route"]] == [("clockwork-service", 90), ("clockwork-service-canary", 10)]


def test_a_rollout_runs_the_pods_instead_of_the_deployment():
    rendering = combination("rollout-blue-green")
    assert rendering.one("Deployment")["spec"]["replicas"] == 0
    spec = rendering.one("Rollout")["spec"]
    assert (spec["replicas"], spec["workloadRef"]["name"]) == (2, "clockwork-server")
    assert render({"rollout": {"enabled": True}, "deployment": {"minReadySeconds": 7}}).one("Rollout")["spec"]["minReadySeconds"] == 7
    assert spec["strategy"]["blueGreen"] == {"activeService": "clockwork-service", "previewService": "clockwork-preview", "autoPromotionEnabled": True}
    assert rendering.one("Service", "clockwork-preview")
    target = combination("rollout-canary").one("HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]
    assert target == {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "clockwork-server"}


def test_only_who_is_named_gets_in():
    policy = combination("network-policy").one("NetworkPolicy", "clockwork-server")["spec"]
    http, metrics = policy["ingress"]
    namespaces = lambda rule: [f["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] for f in rule["from"] if "namespaceSelector" in f]
    assert (namespaces(http), namespaces(metrics)) == (["ingress", "mesh"], ["observability"])
    _, database, collector = policy["egress"]
    assert database["to"] == [{"ipBlock": {"cidr": "10.0.0.0/24"}}, {"ipBlock": {"cidr": "fd00::/64"}}]
    assert collector["ports"] == [{"protocol": "TCP", "port": 4318}]
    _, database = combination("created-secret-from-parts").one("NetworkPolicy", "clockwork-server")["spec"]["egress"]
    assert database["to"] == [{"ipBlock": {"cidr": "10.1.2.3/32"}}]


def test_prometheus_finds_the_job_that_the_alerts_expect():
    rendering = combination("monitoring")
    monitor = rendering.one("ServiceMonitor")
    service = rendering.one("Service")
    assert monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert service["metadata"]["labels"][monitor["spec"]["jobLabel"]] == "clockwork"
    assert monitor["spec"]["endpoints"] == [{"port": "metrics", "path": "/metrics", "interval": "15s"}]
    for kind in ("ServiceMonitor", "PrometheusRule"):
        assert rendering.one(kind)["metadata"]["labels"]["release"] == "prometheus"


def test_grafana_gets_every_dashboard_unchanged():
    dashboards = {path.name: json.loads(path.read_text()) for path in (chart.CHART / "dashboards").glob("*.json")}
    assert dashboards
    configmap = combination("monitoring").one("ConfigMap", "clockwork-server-dashboard")
    assert {name: json.loads(text) for name, text in configmap["data"].items()} == dashboards
    assert configmap["metadata"]["labels"]["grafana_dashboard"] == "1"


# --- pods


def test_every_pod_is_what_pod_security_calls_restricted(matrix):
    for where, rendering in matrix.items():
        for owner, pod in rendering.pods():
            spec = pod["spec"]
            what = (where, owner["kind"], owner["metadata"]["name"])
            assert spec["securityContext"]["runAsNonRoot"] is True and spec["securityContext"]["runAsUser"] > 0, what
            assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, what
            assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec), what
            allowed = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}
            assert all(set(volume) - {"name"} <= allowed for volume in spec.get("volumes", [])), what
            for container in spec["containers"] + spec.get("initContainers", []):
                security = container["securityContext"]
                assert security["allowPrivilegeEscalation"] is False, what
                assert security["capabilities"] == {"drop": ["ALL"]}, what
                assert where[0] == "quoted" or security["readOnlyRootFilesystem"] is True, what
                assert {"cpu", "memory"} <= set(container["resources"]["requests"]), what
                assert "memory" in container["resources"]["limits"], what


def test_no_pod_gets_a_token_unless_it_is_asked_for(matrix):
    for where, rendering in matrix.items():
        for owner, pod in rendering.pods():
            wanted = where[0] == "everywhere" and owner["kind"] == "Deployment"
            assert pod["spec"]["automountServiceAccountToken"] is wanted, (where, owner["metadata"]["name"]) if owner["kind"] != "StatefulSet" else where


def test_pods_are_replaced_without_a_gap_and_spread():
    deployment = render().one("Deployment")["spec"]
    assert deployment["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    # The API refuses rollingUpdate beside any other type.
    assert render({"deployment": {"strategy": {"type": "Recreate"}}}).one("Deployment")["spec"]["strategy"] == {"type": "Recreate"}
    constraints = deployment["template"]["spec"]["topologySpreadConstraints"]
    assert [c["topologyKey"] for c in constraints] == ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]
    assert all(c["matchLabelKeys"] == ["pod-template-hash"] for c in constraints)
    assert "matchLabelKeys" not in render(kubernetes="1.26").server["topologySpreadConstraints"][0]
    assert "topologySpreadConstraints" not in combination("everywhere").server


@pytest.mark.parametrize(
    "image, reference, version",
    [
        ({}, "clockwork:0.1.0", "0.1.0"),
        ({"tag": "v1.0.1"}, "clockwork:v1.0.1", "v1.0.1"),
        ({"repository": "r.example.com/c", "digest": f"sha256:{'a' * 64}"}, f"r.example.com/c@sha256:{'a' * 64}", f"sha256-{'a' * 56}"),
        ({"tag": "1.2.3", "digest": f"sha256:{'a' * 64}"}, f"clockwork:1.2.3@sha256:{'a' * 64}", "1.2.3"),
    ],
)
def test_the_image_of_the_server_of_migrations_and_of_tests(image, reference, version):
    rendering = render({"deployment": {"image": image}})
    images = {c["image"] for _, pod in rendering.pods() for c in pod["spec"]["containers"] + pod["spec"].get("initContainers", [])}
    assert images == {reference}
    assert rendering.one("Deployment")["spec"]["template"]["metadata"]["labels"]["version"] == version


@pytest.mark.parametrize(
    "name, replicas, requests, limits, scale",
    [
        ("values-dev", 1, ("100m", "128Mi"), ("500m", "512Mi"), None),
        ("values-staging", None, ("200m", "256Mi"), ("1", "1Gi"), (2, 5)),
        ("values-prod", None, ("500m", "512Mi"), ("2", "2Gi"), (3, 20)),
    ],
)
def test_the_sizes_of_each_environment(name, replicas, requests, limits, scale):
    rendering = combination(name)
    resources = rendering.container["resources"]
    sizes = lambda which: (resources[which]["cpu"], resources[which]["memory"])
    assert (sizes("requests"), sizes("limits")) == (requests, limits)
    assert rendering.one("Deployment")["spec"].get("replicas") == replicas
    found = [(h["spec"]["minReplicas"], h["spec"]["maxReplicas"]) for h in rendering.all("HorizontalPodAutoscaler")]
    assert found == ([scale] if scale else [])
    for autoscaler in rendering.all("HorizontalPodAutoscaler"):
        metrics = {m["resource"]["name"]: m["resource"]["target"]["averageUtilization"] for m in autoscaler["spec"]["metrics"]}
        assert metrics == {"cpu": 70, "memory": 80}


def test_helm_test_asks_the_service():
    pod = combination("green").one("Pod")
    assert hook(pod, "test")
    asked = [c["command"] for c in pod["spec"]["initContainers"] + pod["spec"]["containers"]]
    assert asked == [["/app/healthcheck", f"http://clockwork-service-green:80{path}"] for path in ("/livez", "/readyz", "/api/health")]


def notes(name):
    """What helm says after an install; only Helm 4 says it without a cluster."""
    path = chart.EVERY[name]
    command = [chart.program("helm4"), "install", "clockwork", chart.CHART, "--dry-run=client", "-f", path, *chart.arguments(path)]
    text = subprocess.run(command, env={"HOME": "/nonexistent", "KUBECONFIG": "/nonexistent"}, capture_output=True, text=True, check=True).stdout
    return text.partition("\nNOTES:\n")[2]


@pytest.mark.parametrize(
    "name, said, not_said",
    [
        ("default", ["create secret generic clockwork-secrets", "logs job/clockwork-migrate", "/app/server setup-token", "names no registry"], ["every caller of the Service", "PUBLISHED", "ran without accounts", "init container", "Connections"]),
        ("ingress", ["https://time.example.com", "trustedProxies is empty"], ["port-forward", "PUBLISHED"]),
        ("httproute", ["https://time.example.com (http if"], ["port-forward"]),
        ("without-accounts", ["every caller of the Service"], ["setup-token"]),
        ("accounts", ["-n clockwork exec deployment/clockwork-server -- /app/server setup-token"], ["every caller of the Service"]),
        ("postgresql", ["init container", "the database is a part of the release", "no backup"], ["create secret"]),
        ("foreign-namespace", ["the namespace is a part of the release", "helm test clockwork -n releases"], ["logs job/"]),
        ("values-prod", ["Connections: up to 253 (21 servers during an update, 10 each"], []),
        ("existing-configmap", ["come from the ConfigMap existing-config", "AUTH_MODE=accounts", "ENV=production"], []),
        ("green", ["shares its database", "clockwork-secrets"], []),
        ("namespace-labels", ["kubectl label namespace clockwork pod-security.kubernetes.io/enforce=restricted"], []),
        ("no-migration", ["NOTHING migrates the schema"], ["init container"]),
        ("auto-migrate", ["DB_AUTO_MIGRATE"], ["NOTHING"]),
        # The Deployment of a Rollout has no pods, and is available at once.
        ("rollout-canary", ["kubectl argo rollouts -n clockwork status clockwork-server"], ["wait --for=condition=available"]),
    ],
)
def test_the_notes_say_what_is_true(name, said, not_said):
    text = notes(name)
    assert [line for line in said if line not in text] == []
    assert [line for line in not_said if line in text] == []
