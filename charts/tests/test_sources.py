"""
The commands of the documents that the chart's promises come from, as they stand there, and the values files of the first chart: what came of each.

The documents call the chart deploy/helm/clockwork; here a link of that name leads to it. `values.yaml` in a command is a file of the reader's own: each file
of the first chart stands for it.
"""

import pathlib
import re
import shlex

import pytest

import chart
from chart import environment, render

FIRST = {path.name: path for path in sorted((chart.TESTS / "first-chart").glob("*.yaml"))}


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A directory in which the documents' paths are there."""
    (tmp_path / "deploy" / "helm").mkdir(parents=True)
    (tmp_path / "deploy" / "helm" / "clockwork").symlink_to(chart.CHART)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def helm(line, version="helm3"):
    """What `helm install` or `helm upgrade` would create, by `helm template`."""
    words = [word for word in shlex.split(line)[2:] if word not in ("--create-namespace",)]
    release, where, *rest = words
    assert pathlib.Path(where).resolve() == chart.CHART
    # By their real names, because renderings are kept by their arguments.
    rest = [str(pathlib.Path(word).resolve()) if before == "-f" else word for before, word in zip(["", *rest], rest)]
    return render(release=release, args=tuple(rest), helm=version)


def server(rendering):
    """What a server of it runs in: mode, where the rest of the settings comes from, its database's Secret, and how its schema is brought up to date."""
    pod, container = rendering.server, rendering.container
    variables = environment(container)
    settings = {**{name: value for o in rendering.all("ConfigMap") for name, value in o["data"].items()}, **variables}
    (source,) = [f["configMapRef"]["name"] for f in container["envFrom"]]
    database = variables.get("DATABASE_URL", {}).get("secretKeyRef")
    if database is None:
        (volume,) = [v for v in pod["volumes"] if v["name"] == "secrets"]
        database = {"name": volume["projected"]["sources"][0]["secret"]["name"], "key": volume["projected"]["sources"][0]["secret"]["items"][0]["key"]}
    schema = "job" if rendering.all("Job") else "initContainer" if pod.get("initContainers") else "auto" if settings["DB_AUTO_MIGRATE"] == "true" else "nothing"
    return {
        "namespace": rendering.one("Deployment")["metadata"]["namespace"],
        "mode": (settings["ENV"], settings["AUTH_MODE"]),
        "settings": source,
        "database": (database["name"], database["key"]),
        "schema": schema,
        "image": container["image"],
    }


DEV = {"namespace": "clockwork", "mode": ("development", "none"), "settings": "clockwork-config", "database": ("clockwork-secrets", "DATABASE_URL"), "schema": "auto", "image": "clockwork:latest"}
PROD = DEV | {"mode": ("production", "accounts"), "schema": "job", "image": "clockwork:0.1.0"}
CHART_COMMANDS = [
    # the deployment page, "Quick start" and "Helm Chart Usage"; <release-name> and <namespace> as a reader fills them in
    ("helm install clockwork ./deploy/helm/clockwork -f ./deploy/helm/clockwork/values-dev.yaml -n clockwork --create-namespace", DEV),
    ("helm install clockwork ./deploy/helm/clockwork -f ./deploy/helm/clockwork/values-prod.yaml -n clockwork --create-namespace", PROD),
    ("helm install time ./deploy/helm/clockwork -f ./deploy/helm/clockwork/values-prod.yaml -n team --create-namespace", PROD | {"namespace": "team"}),
    ("helm upgrade time ./deploy/helm/clockwork -f ./deploy/helm/clockwork/values-prod.yaml -n team", PROD | {"namespace": "team"}),
    # milestone 12, steps 12 and 13
    ("helm install clockwork ./deploy/helm/clockwork -f deploy/helm/clockwork/values-dev.yaml -n clockwork --create-namespace", DEV),
    ("helm install clockwork ./deploy/helm/clockwork -f deploy/helm/clockwork/values-prod.yaml -n clockwork --create-namespace", PROD),
    (
        # The combined test: everything exists, and the ConfigMap has PORT alone. The mode is the file's, and each server migrates.
        "helm install clockwork-test ./deploy/helm/clockwork -f deploy/helm/clockwork/values-dev.yaml --set namespace.create=false --set namespace.name=clockwork-test"
        " --set configMap.create=false --set configMap.name=existing-config --set secret.name=existing-secret -n clockwork-test",
        DEV | {"namespace": "clockwork-test", "settings": "existing-config", "database": ("existing-secret", "DATABASE_URL")},
    ),
    # The same with the other starters, which the pages name beside it.
    (
        "helm install clockwork-test ./deploy/helm/clockwork -f deploy/helm/clockwork/values-prod.yaml --set namespace.create=false --set namespace.name=clockwork-test"
        " --set configMap.create=false --set configMap.name=existing-config --set secret.name=existing-secret -n clockwork-test",
        PROD | {"namespace": "clockwork-test", "settings": "existing-config", "database": ("existing-secret", "DATABASE_URL")},
    ),
]
# With each file of the first chart in the place of values.yaml: what differs from that file alone.
WITH_A_FILE = [
    ("helm install clockwork ./deploy/helm/clockwork -f values.yaml --set namespace.create=false --set namespace.name=existing-namespace -n existing-namespace", {"namespace": "existing-namespace"}),
    ("helm install clockwork ./deploy/helm/clockwork -f values.yaml --set configMap.create=false --set configMap.name=existing-configmap -n clockwork", {"settings": "existing-configmap"}),
    ("helm install clockwork ./deploy/helm/clockwork -f values.yaml --set secret.name=existing-secret -n clockwork", {"database": ("existing-secret", "DATABASE_URL")}),
    # Without -n the release is recorded in `default`, and its objects are in the file's namespace, which the release makes: so a Job cannot go first.
    ("helm install clockwork ./deploy/helm/clockwork -f values.yaml --set configMap.create=false --set configMap.name=existing-configmap", {"settings": "existing-configmap", "made": True}),
    ("helm install clockwork ./deploy/helm/clockwork -f values.yaml --set secret.name=existing-secret", {"database": ("existing-secret", "DATABASE_URL"), "made": True}),
    ("helm upgrade clockwork ./deploy/helm/clockwork -f values.yaml", {"made": True}),
    ("helm install time ./deploy/helm/clockwork -f values.yaml -n clockwork", {}),
    ("helm upgrade time ./deploy/helm/clockwork -f values.yaml -n clockwork", {}),
]
# Each file of the first chart, as it is.
OF_THE_FILE = {
    # Its migration.enabled is false, and so is its dbAutoMigrate: the reader migrates by hand, as with the first chart. The notes say so.
    "values.yaml": DEV | {"schema": "nothing", "image": "clockwork:v0.11.1"},
    "values-dev.yaml": DEV | {"image": "clockwork:v0.11.1"},
    "values-prod.yaml": PROD | {"image": "clockwork:v1.0.0"},
}


@pytest.mark.parametrize("version", chart.HELMS)
@pytest.mark.parametrize("line, expected", CHART_COMMANDS, ids=[line for line, _ in CHART_COMMANDS])
def test_a_helm_command_of_the_sources(checkout, line, expected, version):
    assert server(helm(line, version)) == expected


@pytest.mark.parametrize("version", chart.HELMS)
@pytest.mark.parametrize("file", FIRST)
@pytest.mark.parametrize("line, differs", WITH_A_FILE, ids=[line for line, _ in WITH_A_FILE])
def test_a_helm_command_of_the_sources_with_a_file_of_the_first_chart(checkout, line, differs, file, version):
    (checkout / "values.yaml").symlink_to(FIRST[file])
    rendering = helm(line, version)
    expected = OF_THE_FILE[file] | {key: value for key, value in differs.items() if key != "made"}
    if differs.get("made"):
        assert rendering.one("Namespace", "clockwork")
        if expected["schema"] == "job":
            expected = expected | {"schema": "initContainer"}
    assert server(rendering) == expected


@pytest.mark.parametrize("file", FIRST)
def test_a_file_of_the_first_chart_does_what_it_says(file):
    """Its own keys, as they reach the objects."""
    rendering = render(files=[FIRST[file]])
    assert server(rendering) == OF_THE_FILE[file]
    values = chart.load(FIRST[file].read_text())[0]
    data = rendering.one("ConfigMap", values["configMap"]["name"])["data"]
    assert data["ENV"] == values["configMap"]["values"]["env"]
    assert data.get("ALLOWED_ORIGINS", "") == values["configMap"]["values"]["allowedOrigins"]
    assert data["DB_AUTO_MIGRATE"] == values["configMap"]["values"]["dbAutoMigrate"]
    deployment = rendering.one("Deployment", values["deployment"]["name"])
    assert deployment["spec"]["replicas"] == values["deployment"]["replicas"]
    assert rendering.container["resources"] == values["deployment"]["resources"]
    service = rendering.one("Service", values["service"]["name"])["spec"]
    assert (service["type"], service["ports"][0]["port"], service["sessionAffinity"]) == (values["service"]["type"], values["service"]["port"], values["service"]["sessionAffinity"])
    assert bool(rendering.all("Ingress")) == values["ingress"]["enabled"]
    for job in rendering.all("Job"):
        spec, said = job["spec"], values["migration"]
        assert (spec["backoffLimit"], spec["activeDeadlineSeconds"], spec["template"]["spec"]["restartPolicy"]) == (said["backoffLimit"], said["activeDeadlineSeconds"], said["restartPolicy"])
        (container,) = spec["template"]["spec"]["containers"]
        # The first chart's own file runs goose in an image of Go; a file that names Clockwork's image runs its migrator.
        assert container["image"] == "{repository}:{tag}".format(**said["image"])
        assert container["command"] == said.get("command", ["/app/migrator", "up"])


def test_the_defaults_that_differ_from_the_first_chart_are_these():
    """PROMISES.md, K2, has the list."""
    first = chart.load(FIRST["values.yaml"].read_text())[0]
    ours = chart.load((chart.CHART / "values.yaml").read_text())[0]

    def differing(first, ours, path=()):
        for key, value in first.items():
            here = (*path, key)
            assert key in ours, f"{'.'.join(here)} is no key of the chart any more"
            if value == ours[key]:
                continue
            if isinstance(value, dict) and ours[key]:
                yield from differing(value, ours[key], here)
            # The first chart has truths as texts.
            elif str(value).lower() != str(ours[key]).lower():
                yield ".".join(here), value, ours[key]

    found = {key: ours for key, _, ours in differing(first, ours)}
    assert found == {
        "namespace.name": "",
        "configMap.values.env": "production",
        "deployment.image.tag": "",
        "ingress.class": "",
        "migration.activeDeadlineSeconds": 240,
        "migration.command": ["/app/migrator", "up"],
        "migration.enabled": True,
        "migration.image": {},
        "migration.restartPolicy": "Never",
        "postgresql.existingSecret": "",
    }
    page = (chart.REPOSITORY / "docs" / "PROMISES.md").read_text()
    promise = re.search(r"^- \*\*K2\*\*.*?(?=^- \*\*)", page, re.MULTILINE | re.DOTALL)[0]
    assert [key for key in found if f"`{key}`" not in promise] == []


# --- an existing ConfigMap, with PORT alone or with the five keys of the sources


@pytest.mark.parametrize("starter", ["", *chart.STARTERS])
def test_an_existing_configmap_does_not_decide_the_mode(starter):
    files = [chart.STARTERS[starter]] if starter else []
    of_its_own = render({"configMap": {"create": True}}, files=files)
    existing = render({"configMap": {"create": False, "name": "existing-config"}}, files=files)
    # Whatever is in the ConfigMap: a variable of the container wins over one of envFrom.
    made = of_its_own.one("ConfigMap")["data"]
    for container in [existing.container, *[c for o in existing.all("Job") for c in o["spec"]["template"]["spec"]["containers"]]]:
        for name in ("PORT", "ENV", "AUTH_MODE", "DB_AUTO_MIGRATE", "METRICS_PORT", "SHUTDOWN_DRAIN", "SHUTDOWN_TIMEOUT"):
            assert environment(container)[name] == made[name]
        # The rest of the sources' keys is the ConfigMap's.
        assert not {"MIGRATIONS_DIR", "STATIC_DIR", "ALLOWED_ORIGINS"} & set(environment(container))
    assert server(existing)["schema"] == server(of_its_own)["schema"]


@pytest.mark.parametrize("name", ["ENV", "AUTH_MODE", "AUTH_NONE_ANYWHERE", "DB_AUTO_MIGRATE", "BASE_PATH", "PORT"])
def test_the_mode_has_one_place(name):
    with pytest.raises(chart.Refused, match="set it in configMap.values"):
        render({"deployment": {"extraEnv": [{"name": name, "value": "x"}]}})


# --- which Secret, which database


@pytest.mark.parametrize(
    "secret, postgresql, name",
    [
        ({}, {}, "clockwork-secrets"),
        ({"name": "mine"}, {}, "mine"),
        ({"existingSecret": "mine"}, {}, "mine"),
        ({}, {"existingSecret": "mine"}, "mine"),
        # The first chart's files say this, and its users name their own on the command line.
        ({"name": "mine"}, {"existingSecret": "clockwork-secrets"}, "mine"),
        ({"existingSecret": "mine"}, {"existingSecret": "clockwork-secrets"}, "mine"),
        ({"name": "mine", "existingSecret": "mine"}, {"existingSecret": "mine"}, "mine"),
    ],
)
def test_one_secret_is_named(secret, postgresql, name):
    assert server(render({"secret": secret, "postgresql": postgresql}))["database"] == (name, "DATABASE_URL")


@pytest.mark.parametrize(
    "secret, postgresql",
    [
        ({"name": "mine"}, {"existingSecret": "theirs"}),
        ({"existingSecret": "mine"}, {"existingSecret": "theirs"}),
        ({"name": "mine", "existingSecret": "theirs"}, {}),
        ({"name": "mine", "existingSecret": "clockwork-secrets"}, {}),
    ],
)
def test_two_secrets_are_refused(secret, postgresql):
    with pytest.raises(chart.Refused, match="each would be another database"):
        render({"secret": secret, "postgresql": postgresql})


def test_parts_of_an_address_that_nothing_is_made_of_are_refused():
    with pytest.raises(chart.Refused, match="postgresql.password has no effect"):
        render({"postgresql": {"host": "db.example.com", "password": "x"}})


@pytest.mark.parametrize("database", ["postgresql", "cloudNativePG"])
def test_a_second_release_does_not_make_a_second_database_unnoticed(database):
    with pytest.raises(chart.Refused, match="second, empty database") as refused:
        render({"nameSuffix": "-green", database: {"enabled": True}})
    # The way that the message names works, and leads to the first release's database.
    said = dict(re.findall(r"(secret\.\w+)=(\S+?)[;, ]", str(refused.value)))
    values = {key.partition(".")[2]: value for key, value in said.items()}
    first = server(render({database: {"enabled": True}}))["database"]
    assert server(render({"nameSuffix": "-green", "secret": values}))["database"] == first


def test_the_database_of_a_release_lets_in_the_releases_beside_it():
    policy = render({"postgresql": {"enabled": True}, "networkPolicy": {"enabled": True}}).one("NetworkPolicy", "clockwork-postgresql")
    selectors = [f["podSelector"]["matchLabels"] for f in policy["spec"]["ingress"][0]["from"]]
    green = render({"nameSuffix": "-green"}, release="green").one("Deployment")["spec"]["template"]["metadata"]["labels"]
    assert any(selector.items() <= green.items() for selector in selectors)


# --- what the other commands of the sources are about


def objects(line, rendering):
    """The objects that a kubectl command names: (kind, name, namespace)."""
    kinds = {"deployment": "Deployment", "service": "Service", "job": "Job", "cronjob": "CronJob", "endpoints": "Service", "namespace": "Namespace"}
    words = shlex.split(line)
    namespace = words[words.index("-n") + 1] if "-n" in words else None
    for kind, name in re.findall(r"\b(deployment|service|job|cronjob)/(\S+)", line) + re.findall(r"\b(endpoints) (\S+)", line):
        yield kinds[kind], name, namespace


@pytest.mark.parametrize(
    "line, starter",
    [
        ("kubectl wait --for=condition=available deployment/clockwork-server -n clockwork --timeout=300s", "values-dev"),
        ("kubectl wait --for=condition=complete job/clockwork-migrate -n clockwork --timeout=300s", "values-prod"),
        ("kubectl logs job/clockwork-migrate -n clockwork", "values-prod"),
        ("kubectl port-forward service/clockwork-service 8080:80 -n clockwork", "values-dev"),
        ("kubectl get endpoints clockwork-service -n clockwork", "values-dev"),
        ("kubectl set image deployment/clockwork-server server=clockwork:v1.0.1 -n clockwork", "values-prod"),
        ("kubectl rollout status deployment/clockwork-server -n clockwork", "values-prod"),
        # Only of values-prod, where migration.cronJob.enabled is true.
        ("kubectl create job --from=cronjob/clockwork-migrate clockwork-migrate-manual -n clockwork", "values-prod"),
    ],
)
def test_a_kubectl_command_of_the_sources_names_what_is_there(line, starter):
    rendering = render(files=[chart.STARTERS[starter]])
    named = list(objects(line, rendering))
    assert named
    for kind, name, namespace in named:
        assert rendering.one(kind, name)["metadata"]["namespace"] == namespace
    if "port-forward" in line:
        port = int(line.split()[3].partition(":")[2])
        assert port in [p["port"] for p in rendering.one("Service", "clockwork-service")["spec"]["ports"]]
    if "set image" in line:
        assert line.split()[4].partition("=")[0] in [c["name"] for c in rendering.server["containers"]]


def test_the_logs_of_the_sources_are_the_server_s():
    selector = dict(pair.split("=") for pair in shlex.split("kubectl logs -l app=clockwork,component=server -n clockwork")[3].split(","))
    rendering = render(files=[chart.STARTERS["values-dev"]])
    assert selector.items() <= rendering.one("Deployment")["spec"]["template"]["metadata"]["labels"].items()


@pytest.mark.parametrize("line", ["kubectl create secret generic clockwork-secrets --from-literal=DATABASE_URL='postgres://...' -n clockwork"])
def test_the_secret_of_the_sources_is_the_one_that_pods_wait_for(line):
    words = shlex.split(line)
    key = next(word for word in words if word.startswith("--from-literal=")).removeprefix("--from-literal=").partition("=")[0]
    for starter in ("values-dev", "values-staging", "values-prod"):
        assert server(render(files=[chart.STARTERS[starter]]))["database"] == (words[4], key)


# --- the commands that are about something else: what they are here, and a file, recipe or page that has it

ELSEWHERE = [
    # the deployment page
    ("scripts/docker-build.ps1", "a recipe", "just docker-build"),
    ("docker build -t clockwork:latest .", "as it stands", "Dockerfile"),
    ("docker compose up -d", "as it stands, after docker/make-secrets", "compose.yaml"),
    ("docker compose logs -f", "as it stands", "compose.yaml"),
    ("docker compose down", "as it stands", "compose.yaml"),
    ("scripts/docker-migrate.ps1", "a recipe", "just docker-migrate"),
    ("helm uninstall <release-name> -n <namespace>", "as it stands", "docs/KUBERNETES.md#helm uninstall clockwork -n clockwork"),
    ("helm rollback <release-name> <revision-number> -n <namespace>", "as it stands", "docs/KUBERNETES.md#helm rollback clockwork REVISION -n clockwork"),
    ("choco install kind", "the tool's own; `just e2e-kind` builds one", "scripts/need#sigs.k8s.io/kind"),
    ("brew install kind", "the tool's own; `just e2e-kind` builds one", "scripts/need#sigs.k8s.io/kind"),
    ("kind create cluster --name clockwork", "as it stands", "docs/KUBERNETES.md#kind create cluster --name clockwork"),
    ("minikube start", "as it stands", "docs/KUBERNETES.md#minikube start"),
    ("kind load docker-image clockwork:latest", "as it stands", "docs/KUBERNETES.md#kind load docker-image clockwork:latest"),
    ("kind load docker-image clockwork:latest --name clockwork", "as it stands; production needs the version as a tag", "docs/KUBERNETES.md#kind load docker-image clockwork:latest --name clockwork"),
    ("minikube image load clockwork:latest", "as it stands", "docs/KUBERNETES.md#minikube image load clockwork:latest"),
    ("kubectl create secret --dry-run -o yaml | kubectl apply -f -", "kubectl wants --dry-run=client now", "docs/KUBERNETES.md#--dry-run=client -o yaml"),
    # milestone 12
    ("helm uninstall clockwork", "with -n, as everywhere: the release is recorded in the namespace it was installed into", "docs/KUBERNETES.md#helm uninstall clockwork -n clockwork"),
    ("helm rollback clockwork <revision>", "with -n", "docs/KUBERNETES.md#helm rollback clockwork REVISION -n clockwork"),
    ("helm uninstall clockwork-test -n clockwork-test", "as it stands", "scripts/e2e-steps.sh#uninstall clockwork-test -n clockwork-test"),
    ("helm rollback <release-name> <revision> -n <namespace>", "as it stands", "docs/KUBERNETES.md#helm rollback clockwork REVISION -n clockwork"),
    ("kubectl get namespace clockwork", "as it stands: --create-namespace makes it", "scripts/e2e-steps.sh#kubectl get namespace clockwork"),
    ("kubectl get configmap -n clockwork", "as it stands", "charts/clockwork/values.yaml#name: clockwork-config"),
    ("kubectl get pods -n clockwork", "as it stands", "docs/OPERATIONS.md#kubectl --namespace clockwork get pods"),
    ("kubectl describe pod <pod-name> -n clockwork", "as it stands", "docs/OPERATIONS.md#kubectl --namespace clockwork describe pod"),
    ("kubectl delete pod <pod-name> -n clockwork", "as it stands: a pod that is deleted finishes its requests", "docs/OPERATIONS.md#Deleting its pod is safe"),
    ("kubectl create namespace clockwork-test", "as it stands", "scripts/e2e-steps.sh#kubectl create namespace clockwork-test"),
    ("kubectl create configmap existing-config --from-literal=PORT=8080 -n clockwork-test", "as it stands: it may lack any setting", "scripts/e2e-steps.sh#create configmap existing-config --from-literal=PORT=8080"),
    ("kubectl create secret generic existing-secret --from-literal=DATABASE_URL='...' -n clockwork-test", "as it stands", "scripts/e2e-steps.sh#create secret generic existing-secret"),
    ("curl http://localhost:8080/healthz", "as it stands", "crates/server/src/api/health.rs#/healthz"),
    ("curl http://localhost:8080/api/health", "as it stands", "crates/server/src/api/health.rs#/api/health"),
    ("curl http://localhost:8080/", "as it stands: the page", "scripts/e2e-steps.sh#the_page_is_served"),
    # fractionate
    ("docker compose logs -f app", "the service is server", "docs/DEPLOYMENT.md#just docker-logs server"),
    ("docker compose exec app npm run db:migrate", "the migrator is a program of its own", "just docker-migrate"),
    ('echo "postgres://user:pass@postgres:5432/app" | docker secret create database_url -', "the stack's name comes first", "docs/DEPLOYMENT.md#docker secret create clockwork_database_url -"),
    ('echo "your-jwt-secret" | docker secret create jwt_secret -', "none is needed: no token is signed", "docker/stack.yaml#clockwork_postgres_password:"),
    ("docker stack deploy -c docker-compose.prod.yml neon", "another file", "docker/stack.yaml"),
    ("docker service ls", "as it stands", "docs/DEPLOYMENT.md#docker service ls"),
    ("docker service logs neon_app", "the service is clockwork_server", "docs/DEPLOYMENT.md#docker service logs --follow clockwork_server"),
    ("docker service scale neon_app=4", "the service is clockwork_server", "docs/DEPLOYMENT.md#docker service scale clockwork_server=4"),
    ("docker service update --image ghcr.io/fractionate/neon:v1.2.3 neon_app", "the service is clockwork_server", "scripts/release#--tag \"$image:v$version\""),
    ("docker service update --image ghcr.io/fractionate/neon:abc1234 neon_app", "a commit is sha-abc1234", "scripts/release#name=sha-$(short)"),
    ("docker service ps neon_app --format \"{{.Image}}\" | head -5", "the service is clockwork_server", "docs/DEPLOYMENT.md#docker service ps clockwork_server"),
    ("docker service rollback neon_app", "the service is clockwork_server", "docs/DEPLOYMENT.md#docker service rollback clockwork_server"),
    ("npm run db:migrate", "a recipe", "just migrate"),
    ("npm run db:rollback", "a recipe; refused in production without --yes", "just migrate-down"),
    ("npm run db:rollback --to 005", "a recipe; the migrator's `down --to`", "just migrate-to"),
    ("npm ci", "a part of each recipe that needs it", "docker/Dockerfile#npm ci"),
    ("npm run build", "a recipe", "just client"),
    ("npm run lint", "a recipe", "just check-client"),
    ("npm run typecheck", "a recipe", "just check-client"),
    ("npm run test", "a recipe", "just test"),
    ("npm run validate:api", "a recipe", "just check-openapi"),
    # SlotWise
    ("docker build -t slotwise/auth-service:latest .", "a recipe", "just docker-build"),
    ("docker build -t slotwise/auth-service:v1.2.3 .", "the pipeline tags what was built", "scripts/release#--tag \"$image:v$version\""),
    ("docker build -t slotwise/auth-service:sha-abc123def .", "the pipeline tags each build so", ".github/workflows/release.yml#release-tag \"$IMAGE@$DIGEST\" commit"),
    ("docker tag slotwise/auth-service:v1.2.3 slotwise/auth-service:staging", "the record of staging does", "scripts/release#tag \"$reference\" \"$environment\""),
    ("docker tag slotwise/auth-service:v1.2.3 slotwise/auth-service:production", "the record of production does", "scripts/release#tag \"$reference\" \"$environment\""),
    ("npx nx affected --target=test --parallel=3", "all of it, always", "just test"),
    ("npx nx affected --target=lint --parallel=3", "all of it, always", "just check"),
    ("npx nx affected --target=build --parallel=3", "all of it, always", "just docker-build"),
    ("kubectl apply -f k8s/namespace.yaml", "Helm's --create-namespace", "docs/KUBERNETES.md#--create-namespace"),
    ("kubectl apply -f k8s/staging/", "a recipe", "just deploy"),
    ("kubectl apply -f k8s/production/", "a recipe", "just deploy"),
    ("kubectl rollout status deployment/auth-service -n slotwise-staging", "the Deployment is clockwork-server", "docs/OPERATIONS.md#kubectl rollout status deployment/clockwork-server"),
    ("kubectl rollout status deployment/auth-service -n slotwise-production", "the Deployment is clockwork-server", "docs/OPERATIONS.md#kubectl rollout status deployment/clockwork-server"),
    ("npm run test:smoke -- --env=staging", "a recipe that takes the address", "just smoke"),
    ("npm run test:health -- --env=production", "a recipe that asks more", "just smoke"),
    ("kubectl apply -f k8s/production/${SERVICE}-green.yaml", "a script that installs the other colour", "charts/clockwork/examples/blue-green/switch#upgrade --install \"$new\""),
    ("kubectl rollout status deployment/${SERVICE}-green -n $NAMESPACE", "that script waits", "charts/clockwork/examples/blue-green/switch#--wait --timeout 5m"),
    ("./scripts/health-check.sh green", "that script tests it", "charts/clockwork/examples/blue-green/switch#test \"$new\""),
    ("kubectl patch service $SERVICE -n $NAMESPACE -p '{\"spec\":{\"selector\":{\"version\":\"'$NEW_VERSION'\"}}}'", "by the release instead of the version", "charts/clockwork/examples/blue-green/switch#patch service clockwork-live"),
    ("./scripts/verify-traffic.sh", "that script asks through the Service", "charts/clockwork/examples/blue-green/switch#leads_to_ready_pods"),
    ("kubectl delete deployment ${SERVICE}-blue -n $NAMESPACE", "that script uninstalls the other colour", "charts/clockwork/examples/blue-green/switch#uninstall \"$old\""),
    ("kubectl get deployment $SERVICE -n $NAMESPACE -o jsonpath='{.metadata.annotations.deployment\\.kubernetes\\.io/revision}'", "Helm's revisions, which are of all objects", "docs/KUBERNETES.md#helm history clockwork -n clockwork"),
    ("kubectl rollout undo deployment/$SERVICE -n $NAMESPACE", "as it stands, or helm rollback", "docs/KUBERNETES.md#rollout undo deployment/clockwork-server"),
    ("kubectl rollout status deployment/$SERVICE -n $NAMESPACE", "the Deployment is clockwork-server", "docs/OPERATIONS.md#kubectl rollout status deployment/clockwork-server"),
    ("./scripts/health-check.sh production", "a recipe that asks more", "just smoke"),
    # Tracks
    ("VERSION=$(git describe --tags --always)", "the version is Cargo.toml's, and the commit beside it", "just release-version"),
    ("docker build -t ${APP_NAME}:${VERSION} .", "a recipe, for both processors", "just release-build"),
    ("docker tag ${APP_NAME}:${VERSION} ${APP_NAME}:latest", "the pipeline does, on main", ".github/workflows/release.yml#latest"),
    ("docker push ${APP_NAME}:${VERSION}", "a part of that recipe", "scripts/release#push-by-digest=true"),
    ("docker push ${APP_NAME}:latest", "tags lead to what was pushed", "just release-tag"),
    ("kubectl set image deployment/${APP_NAME} ${APP_NAME}=${APP_NAME}:${VERSION} --record", "Helm instead, whose history keeps what changed; kubectl has no --record any more", "docs/KUBERNETES.md#helm history clockwork -n clockwork"),
    ("kubectl rollout status deployment/${APP_NAME}", "the Deployment is clockwork-server", "docs/OPERATIONS.md#kubectl rollout status deployment/clockwork-server"),
    ("docker service update --image ${APP_NAME}:${VERSION} ${APP_NAME}_app", "the service is clockwork_server", "docs/DEPLOYMENT.md#docker stack deploy --with-registry-auth"),
    ("./scripts/deploy.sh production", "a recipe; building and publishing is the pipeline's", "just deploy"),
    ("./scripts/smoke-test.sh ${ENVIRONMENT}", "a recipe that takes the address", "just smoke"),
]


def test_no_command_is_there_twice():
    lines = [line for line, *_ in ELSEWHERE]
    assert [line for line in lines if lines.count(line) > 1] == []


@pytest.mark.parametrize("line, outcome, where", ELSEWHERE, ids=[line for line, *_ in ELSEWHERE])
def test_another_command_of_the_sources_has_its_place(line, outcome, where):
    assert outcome
    if where.startswith("just "):
        assert re.search(rf"^{where.removeprefix('just ')}\b.*:", (chart.REPOSITORY / "justfile").read_text(), re.MULTILINE), where
    else:
        path, _, text = where.partition("#")
        assert (chart.REPOSITORY / path).is_file()
        assert text in (chart.REPOSITORY / path).read_text(), where


ENVIRONMENT = {
    # Tracks' .env.production, and what the server makes of each: a setting, a name for later, another name, or nothing.
    "APP_ENV": "another name: ENV",
    "PORT": "setting",
    "HOST": "setting",
    "DATABASE_DRIVER": "nothing: PostgreSQL alone",
    "DATABASE_URL": "setting",
    "DATABASE_MAX_CONNS": "setting",
    "DATABASE_MAX_IDLE_CONNS": "nothing: DATABASE_MIN_IDLE is the other end",
    "REDIS_URL": "setting",
    "REDIS_MAX_RETRIES": "nothing: while Redis cannot be reached, each server counts for itself",
    "SESSION_SECRET": "later",
    "SESSION_SECURE": "later",
    "SESSION_HTTP_ONLY": "never: a cookie of a session always is",
    "SESSION_SAME_SITE": "later",
    "CORS_ORIGINS": "another name: ALLOWED_ORIGINS",
    "CSP_REPORT_URI": "setting",
    "STORAGE_DRIVER": "later",
    "AWS_REGION": "later",
    "AWS_BUCKET": "later",
    "AWS_ACCESS_KEY_ID": "later",
    "AWS_SECRET_ACCESS_KEY": "later",
    "EMAIL_DRIVER": "setting",
    "EMAIL_FROM": "setting",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "setting",
    "SENTRY_DSN": "setting",
    "RATE_LIMIT_REQUESTS": "setting",
    "RATE_LIMIT_WINDOW": "setting",
    # Clockwork's own, and those of the other two.
    "DB_AUTO_MIGRATE": "setting",
    "MIGRATIONS_DIR": "setting",
    "ENV": "setting",
    "STATIC_DIR": "setting",
    "ALLOWED_ORIGINS": "setting",
    "ENVIRONMENT": "nothing: a warning says to use ENV",
    "DATABASE_PASSWORD": "setting",
    "NODE_ENV": "nothing: ENV is said apart",
}


@pytest.mark.parametrize("name, outcome", ENVIRONMENT.items(), ids=list(ENVIRONMENT))
def test_a_variable_of_the_sources(name, outcome):
    page = (chart.REPOSITORY / "docs" / "CONFIGURATION.md").read_text()
    settings, _, later = page.partition("## Not yet")
    is_setting = f"\n### {name}\n" in settings
    reserved = any(re.fullmatch(pattern.replace("*", ".*"), name) for pattern in re.findall(r"^- `([A-Z0-9_*]+)`:", later, re.MULTILINE))
    if outcome.startswith("never"):
        assert not is_setting
        return
    assert (is_setting, reserved) == (outcome == "setting", outcome == "later")
    if outcome.startswith("another name"):
        assert f"`{name}`" in page
