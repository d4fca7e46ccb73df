"""The helm commands and the values in the documents do render."""

import re
import shlex
import textwrap

import pytest
import yaml

import chart
from test_matrix import FOREIGN, Kubernetes

PAGES = ("docs/KUBERNETES.md", "docs/DEPLOYMENT.md", "charts/clockwork/README.md")
# Options that only an installation has.
ONLY_INSTALLING = {"--wait", "--create-namespace", "--install", "--atomic", "…"}


def blocks(page, language):
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", (chart.REPOSITORY / page).read_text(), re.MULTILINE | re.DOTALL)
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


def test_there_are_such_commands():
    assert len(list(commands())) >= 10


@pytest.mark.parametrize("block", [block for page in PAGES for block in blocks(page, "yaml")])
def test_values_of_the_documents_render(block, tmp_path):
    (tmp_path / "values.yaml").write_text(block)
    rendering = chart.render(files=[tmp_path / "values.yaml"])
    kubernetes = Kubernetes(chart.NEWEST)
    assert [problem for o in rendering.objects if not o["apiVersion"].startswith(FOREIGN) for problem in kubernetes.problems(o)] == []


def test_a_deployer_with_the_role_of_the_documents_may_make_what_the_chart_makes():
    (text,) = blocks("docs/KUBERNETES.md", "yaml role")
    role = chart.load(text)[0]
    assert Kubernetes(chart.NEWEST).problems(role) == []
    allowed = {(group, resource) for rule in role["rules"] for group in rule["apiGroups"] for resource in rule["resources"] if {"get", "create", "delete"} <= set(rule["verbs"])}
    allowed |= {("", "pods")}
    plural = lambda kind: f"{kind.lower()[:-1]}ies" if kind.endswith("y") else f"{kind.lower()}es" if kind.endswith("s") else f"{kind.lower()}s"
    needed = set()
    for name in ("values-prod", "values-staging", "values-dev", "ingress", "httproute", "monitoring", "created-secret", "registry"):
        for o in chart.combination(name).objects:
            group, _, _ = o["apiVersion"].rpartition("/")
            needed.add((group, plural(o["kind"])))
    assert needed - allowed == set()


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
