"""The helm commands and the values in the documents do render."""

import re
import shlex
import subprocess
import textwrap

import pytest
import yaml

import chart
from test_matrix import FOREIGN, Kubernetes

PAGES = ("docs/KUBERNETES.md", "docs/DEPLOYMENT.md", "charts/clockwork/README.md")
# Options that only an installation has.
ONLY_INSTALLING = {"--wait", "--create-namespace", "--install", "--atomic", "…"}


def blocks(page, language):
    """The blocks of a language, whatever scripts/testing/documents.mjs reads in their mark."""
    found = re.findall(rf"^( *)```{language}(?: (?:test|not-run)=[\w-]+)?\n(.*?)^ *```$", (chart.REPOSITORY / page).read_text(), re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(text) for _, text in found]


def commands():
    for page in PAGES:
        for block in blocks(page, "sh"):
            for line in block.replace("\\\n", " ").splitlines():
                if re.match(r"helm (install|upgrade)\b", line):
                    yield pytest.param(line, id=f"{page}: {line[:60]}")
    for path in (*chart.STARTERS.values(),):
        for line in re.findall(r"^#\s+(helm install .*)", path.read_text(), re.MULTILINE):
            yield pytest.param(line, id=path.name)


@pytest.mark.parametrize("line", list(commands()))
def test_a_command_of_the_documents_renders(line, tmp_path, monkeypatch):
    (ours,) = [block for block in blocks("docs/KUBERNETES.md", "yaml") if "registry.example.com" in block]
    (tmp_path / "ours.yaml").write_text(ours)
    (tmp_path / "charts").symlink_to(chart.REPOSITORY / "charts")
    # What `helm pull --untar` leaves.
    (tmp_path / "clockwork").symlink_to(chart.CHART)
    monkeypatch.chdir(tmp_path)
    words = [word for word in shlex.split(line, comments=True)[2:] if word not in ONLY_INSTALLING]
    release, where, *rest = words
    assert where in ("charts/clockwork", "./clockwork")
    rendering = chart.render(release=release, args=rest)
    assert rendering.one("Deployment")
    # A second release beside the first one does not claim the first one's host.
    if any(word.startswith("nameSuffix=") for word in rest):
        assert not rendering.all("Ingress") and not rendering.all("HTTPRoute")


@pytest.mark.parametrize("page", PAGES)
def test_an_image_is_built_as_it_can_be(page):
    for block in blocks(page, "sh"):
        for line in re.findall(r"^docker build .*", block, re.MULTILINE):
            words = shlex.split(line, comments=True)
            file = next((words[n + 1] for n, word in enumerate(words) if word in ("-f", "--file")), "Dockerfile")
            assert (chart.REPOSITORY / words[-1] / file).is_file(), line


@pytest.mark.parametrize("page", [*PAGES, "docs/OPERATIONS.md"])
def test_logs_of_several_pods_are_asked_for_as_a_whole(page):
    # kubectl shows ten lines of each pod that a selector finds, unless told otherwise.
    for block in blocks(page, "sh"):
        for line in re.findall(r"^kubectl .*\blogs\b.*", block, re.MULTILINE):
            assert not re.search(r" (-l|--selector)\b", line) or "--tail=" in line, line


@pytest.mark.parametrize("page", PAGES)
def test_what_is_named_is_there(page):
    text = (chart.REPOSITORY / page).read_text()
    missing = [path for path in re.findall(r"(?<![\w/.])(?:scripts|charts)/[\w./-]*\w", text) if not (chart.REPOSITORY / path).exists()]
    assert missing == []


EVERY_PAGE = [*PAGES, *(f"docs/{name}.md" for name in ("OPERATIONS", "PIPELINES", "CHECKLIST")), "README.md"]
# What kubectl calls each kind, and the objects that only an operator's resource, the reader or an example has.
KINDS = {"deployment": "Deployment", "statefulset": "StatefulSet", "job": "Job", "cronjob": "CronJob", "service": "Service", "hpa": "HorizontalPodAutoscaler", "configmap": "ConfigMap", "secret": "Secret"}
OF_OTHERS = {("ConfigMap", "database-ca"), ("Secret", "clockwork-secrets")}


@pytest.mark.parametrize("page", EVERY_PAGE)
def test_what_kubectl_is_asked_for_is_there(page):
    there = {(o["kind"], o["metadata"]["name"]) for name in chart.EVERY for o in chart.combination(name).objects} | OF_OTHERS
    text = (chart.REPOSITORY / page).read_text()
    named = [(KINDS[kind], name) for kind, name in re.findall(rf"\b({'|'.join(KINDS)})s?/(clockwork[\w-]*)", text)]
    named += [(KINDS[kind], name) for kind, name in re.findall(rf"\bkubectl [^`\n]*\b(?:get|delete|describe|wait|scale) ({'|'.join(KINDS)}) (clockwork[\w-]*)", text)]
    assert [one for one in named if one not in there] == []


@pytest.mark.parametrize("version", chart.HELMS)
def test_helm_knows_the_options_of_the_documents(version):
    text = "".join((chart.REPOSITORY / page).read_text() for page in EVERY_PAGE).replace("\\\n", " ")
    # In blocks a line each, in the text between backticks; what follows a pipe or a comment is not helm's.
    commands = set(re.findall(r"^\s*helm ([^|#\n]+)", text, re.MULTILINE) + re.findall(r"`helm ([^`|#]+)`", text))
    wrong, seen = [], 0
    for command in sorted(commands):
        name, *rest = command.split()
        if name.startswith("-"):
            continue
        help_text = subprocess.run([chart.program(version), name, "--help"], capture_output=True, text=True, env={"HOME": "/nonexistent", "PATH": "/usr/bin:/bin"}, check=True).stdout
        for option in re.findall(r"(?<!\S)(--[a-z-]+|-[a-z])(?=[ =]|$)", " ".join(rest)):
            seen += 1
            if not re.search(rf"(?<![\w-]){option}(?![\w-])", help_text):
                wrong.append(f"helm {command}: {option}")
    assert seen > 20 and wrong == []


def test_objects_are_named_in_the_documents():
    text = "".join((chart.REPOSITORY / page).read_text() for page in EVERY_PAGE)
    assert len(set(re.findall(r"\b(?:deployment|job|cronjob|service)/clockwork-[\w-]+", text))) >= 4


def test_the_policy_for_admission_names_what_the_pipeline_signs():
    (policy,) = chart.load(blocks("docs/PIPELINES.md", "yaml kyverno")[0])
    (rule,) = policy["spec"]["rules"]
    (image,) = rule["verifyImages"]
    (entry,) = image["attestors"][0]["entries"]
    workflow = re.search(r"\.github/workflows/[\w-]+\.yml", entry["keyless"]["subjectRegExp"].replace("\\", ""))[0]
    assert "release-sign" in (chart.REPOSITORY / workflow).read_text()
    (reference,) = image["imageReferences"]
    assert f"just release-verify {reference.removesuffix('*')}@sha256:" in (chart.REPOSITORY / "docs/PIPELINES.md").read_text()


def test_there_are_such_commands():
    assert len(list(commands())) >= 10


@pytest.mark.parametrize("page", [*sorted(str(path.relative_to(chart.REPOSITORY)) for path in (chart.REPOSITORY / "docs").glob("*.md")), "charts/clockwork/README.md"])
def test_no_block_has_a_key_twice(page):
    for _, text in re.findall(r"^( *)```yaml[^\n]*\n(.*?)^ *```$", (chart.REPOSITORY / page).read_text(), re.MULTILINE | re.DOTALL):
        chart.load(textwrap.dedent(text))


def test_no_values_have_a_key_twice():
    for path in (chart.CHART / "values.yaml", *chart.EVERY.values()):
        assert len(chart.load(path.read_text())) <= 1, path
    with pytest.raises(yaml.YAMLError, match="stand twice: a"):
        chart.load("b: {a: 1, c: 2, a: 3}")


@pytest.mark.parametrize("block", [block for page in PAGES for block in blocks(page, "yaml")])
def test_values_of_the_documents_render(block, tmp_path):
    (tmp_path / "values.yaml").write_text(block)
    rendering = chart.render(files=[tmp_path / "values.yaml"])
    kubernetes = Kubernetes(chart.NEWEST)
    assert [problem for o in rendering.objects if not o["apiVersion"].startswith(FOREIGN) for problem in kubernetes.problems(o)] == []


def test_with_the_authenticating_proxy_of_the_documents_nothing_else_reaches_the_server(tmp_path):
    (block,) = [block for block in blocks("docs/KUBERNETES.md", "yaml") if "oauth2-proxy" in block]
    (tmp_path / "values.yaml").write_text(block)
    for files in ([tmp_path / "values.yaml"], [chart.STARTERS["values-prod"], tmp_path / "values.yaml"]):
        rendering = chart.render(files=files)
        assert rendering.one("ConfigMap", "clockwork-config")["data"]["AUTH_MODE"] == "none"
        assert rendering.one("Service", "clockwork-service")["spec"]["ports"][0]["targetPort"] == "sign-in"
        http, metrics, proxy = rendering.one("NetworkPolicy", "clockwork-server")["spec"]["ingress"]
        # A rule without `from` opens its ports to every caller.
        assert [port["port"] for port in http["ports"]] == ["http"]
        assert http["from"] and all(peer == {"podSelector": {"matchLabels": {"app": "clockwork"}}} for peer in http["from"])
        assert [port["port"] for port in metrics["ports"]] == ["metrics"] and metrics["from"]
        assert proxy == {"ports": [{"protocol": "TCP", "port": "sign-in"}]}


def test_a_longer_lock_timeout_reaches_the_migrator_of_the_upgrade():
    # docs/OPERATIONS.md, "A stuck migration".
    page = (chart.REPOSITORY / "docs" / "OPERATIONS.md").read_text()
    (option,) = set(re.findall(r"--set migration\.lockTimeout=\w+", page))
    rendering = chart.render(files=[chart.STARTERS["values-prod"]], args=("-n", "clockwork", *option.split()))
    job = rendering.one("Job", "clockwork-migrate")
    assert chart.hook(job, "pre-upgrade")
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert container["args"][:2] == ["--lock-timeout", option.rpartition("=")[2]]
    # Helm applies it after the hooks of an upgrade: one that failed leaves the former release's.
    assert not chart.hook(rendering.one("CronJob", "clockwork-migrate"))


# A deployer who creates the namespace has rights outside of it, and further objects are the operator's own.
BEYOND_THE_ROLE = {"Namespace"}


def test_a_deployer_with_the_role_of_the_documents_may_make_what_the_chart_makes():
    (text,) = blocks("docs/KUBERNETES.md", "yaml role")
    role = chart.load(text)[0]
    assert Kubernetes(chart.NEWEST).problems(role) == []
    allowed = {(group, resource) for rule in role["rules"] for group in rule["apiGroups"] for resource in rule["resources"] if {"get", "create", "delete"} <= set(rule["verbs"])}
    allowed |= {("", "pods")}
    plural = lambda kind: f"{kind.lower()[:-1]}ies" if kind.endswith("y") else f"{kind.lower()}es" if kind.endswith("s") else f"{kind.lower()}s"
    needed = set()
    for name in chart.EVERY:
        if name == "extra-objects":
            continue
        for o in chart.combination(name).objects:
            if o["kind"] not in BEYOND_THE_ROLE:
                needed.add((o["apiVersion"].rpartition("/")[0], plural(o["kind"])))
    assert needed - allowed == set()
    assert {("networking.istio.io", "virtualservices"), ("argoproj.io", "rollouts"), ("postgresql.cnpg.io", "clusters")} <= needed


def test_a_deployer_with_the_role_of_the_documents_may_switch_between_blue_and_green():
    (text,) = blocks("docs/KUBERNETES.md", "yaml role")
    verbs = {}
    for rule in chart.load(text)[0]["rules"]:
        for resource in rule["resources"]:
            verbs.setdefault(resource, set()).update(rule["verbs"])
    script = (chart.CHART / "examples" / "blue-green" / "switch").read_text().replace("\\\n", " ")
    asked = set(re.findall(r'\bkubectl [^|;\n]*?\b(get|patch) ([a-z]+)\b', script))
    assert {("get", "service"), ("patch", "service"), ("get", "endpointslices"), ("get", "pods")} <= asked
    for verb, resource in asked:
        assert verb in verbs[resource if resource.endswith("s") else f"{resource}s"], (verb, resource)
    # `kubectl get` with a selector lists.
    assert {"get", "list"} <= verbs["endpointslices"] & verbs["pods"]
    assert "/services/clockwork-live:http/proxy/" in script and verbs["services/proxy"] == {"get"}


def test_the_objects_for_argo_cd_and_flux_name_the_published_chart():
    (application,) = chart.load(blocks("docs/KUBERNETES.md", "yaml argo")[0])
    chart_source, values_source = application["spec"]["sources"]
    assert (chart_source["repoURL"], chart_source["chart"]) == ("ghcr.io/OWNER/charts", "clockwork")
    assert (chart.CHART / chart_source["helm"]["valueFiles"][0]).is_file()
    assert values_source["ref"] == "values"
    repository, release = chart.load(blocks("docs/KUBERNETES.md", "yaml flux")[0])
    assert release["spec"]["chartRef"] == {"kind": repository["kind"], "name": repository["metadata"]["name"]}


def test_the_example_of_external_secrets_brings_the_account_that_it_uses():
    objects = chart.load((chart.CHART / "examples" / "external-secrets.yaml").read_text())
    accounts = {o["metadata"]["name"] for o in objects if o["kind"] == "ServiceAccount"}
    (store,) = [o for o in objects if o["kind"] == "SecretStore"]
    assert store["spec"]["provider"]["aws"]["auth"]["jwt"]["serviceAccountRef"] == {"name": next(iter(accounts))}
    (secret,) = [o for o in objects if o["kind"] == "ExternalSecret"]
    values = yaml.safe_load((chart.CHART / "values.yaml").read_text())["secret"]
    assert secret["spec"]["target"]["name"] == values["name"]
    assert [d["secretKey"] for d in secret["spec"]["data"]] == [values["databaseUrlKey"]]
    assert secret["spec"]["secretStoreRef"]["name"] == store["metadata"]["name"]
