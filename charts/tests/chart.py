"""Renders the chart, for all tests: which helms, which Kubernetes, which values, and each rendering only once."""

import base64
import functools
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess

import yaml

TESTS = pathlib.Path(__file__).parent
REPOSITORY = TESTS.parent.parent
CHART = REPOSITORY / "charts" / "clockwork"

HELMS = ("helm3", "helm4")
# The oldest that is promised, one in the middle, and the newest whose schemas kubernetes-validate has.
KUBERNETES = ("1.28", "1.33", "1.37")
NEWEST = KUBERNETES[-1]

# The files that people begin with, and one for each combination.
STARTERS = {path.stem: path for path in sorted(CHART.glob("values-*.yaml"))}
COMBINATIONS = {path.name.removesuffix("-values.yaml"): path for path in sorted(CHART.glob("ci/*-values.yaml"))}
EVERY = STARTERS | COMBINATIONS


class Refused(Exception):
    """What helm said when it would not render."""


def program(helm):
    path = shutil.which(helm, path=f"{REPOSITORY / '.cache' / 'tools' / 'bin'}:{os.environ['PATH']}")
    assert path, f"{helm} is missing: just test-chart"
    return path


class Loader(yaml.CSafeLoader):
    """YAML as Helm and Kubernetes read it: 1e3, 0o17 and 1_000 are numbers for Go, and texts for PyYAML. A key that stands twice is an error: Helm keeps the last one in silence."""

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge"]
        if len(keys) != len(set(keys)):
            twice = sorted({key for key in keys if keys.count(key) > 1})
            raise yaml.constructor.ConstructorError("while constructing a mapping", node.start_mark, f"keys that stand twice: {', '.join(twice)}", node.start_mark)
        return super().construct_mapping(node, deep)


Loader.add_constructor("!go", lambda loader, node: int(node.value, 8) if node.value.startswith("0o") else float(node.value))
Loader.add_implicit_resolver("!go", re.compile(r"^([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)[eE][-+]?[0-9]+|0o[0-7]+)$"), list("-+.0123456789"))


def load(text):
    return [document for document in yaml.load_all(text, Loader=Loader) if document]


def arguments(path):
    """What a file of values says in its line `# helm:` about the command, else the namespace of the quick start."""
    line = re.search(r"^# helm: (.*)$", path.read_text(), re.MULTILINE)
    return shlex.split(line[1]) if line else ["-n", "clockwork"]


@functools.lru_cache(maxsize=None)
def _template(helm, kubernetes, release, rest, values):
    # Away from the machine's own settings and clusters. A program that lives for a tenth of a second need not collect garbage.
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GOGC": "off", "GOMAXPROCS": "1"}
    command = [program(helm), "template", release, str(CHART), "--kube-version", kubernetes, *rest]
    if values is not None:
        command += ["-f", "-"]
    result = subprocess.run(command, input=values or "", capture_output=True, text=True, env=environment)
    if result.returncode:
        raise Refused(result.stderr)
    return result.stdout


class Rendering:
    """The objects of one rendering."""

    def __init__(self, text):
        self.text = text
        self.objects = load(text)

    def all(self, kind, name=None):
        return [o for o in self.objects if o["kind"] == kind and name in (None, o["metadata"]["name"])]

    def one(self, kind, name=None):
        found = self.all(kind, name)
        assert len(found) == 1, f"{len(found)} of {kind} {name or ''}: {[(o['kind'], o['metadata']['name']) for o in self.objects]}"
        return found[0]

    def pods(self):
        """Every pod: what it belongs to, and its template."""
        for o in self.objects:
            if o["kind"] == "Pod":
                yield o, o
            elif o["kind"] in ("Deployment", "StatefulSet", "Job"):
                yield o, o["spec"]["template"]
            elif o["kind"] == "CronJob":
                yield o, o["spec"]["jobTemplate"]["spec"]["template"]

    @property
    def server(self):
        """The server's pod."""
        return self.one("Deployment")["spec"]["template"]["spec"]

    @property
    def container(self):
        """The server's container, beside which there may be sidecars."""
        (container,) = [c for c in self.server["containers"] if c["name"] == "server"]
        return container


def render(values=None, *, files=(), helm="helm3", kubernetes=NEWEST, release="clockwork", args=("-n", "clockwork")):
    """The chart with files of values and then with these values."""
    rest = [*args]
    for path in files:
        rest += ["-f", str(path)]
    text = None if values is None else json.dumps(values)
    return Rendering(_template(helm, kubernetes, release, tuple(rest), text))


def combination(name, **more):
    path = EVERY[name]
    return render(files=[path], args=tuple(arguments(path)), **more)


def hook(o, event=None):
    """Whether an object is a hook, of an event if one is named."""
    events = o["metadata"].get("annotations", {}).get("helm.sh/hook", "").split(",")
    return event in events if event else events != [""]


def environment(container):
    """A container's own variables, with their values or where they come from."""
    names = [e["name"] for e in container.get("env", [])]
    assert len(names) == len(set(names)), f"twice in env: {names}"
    return {e["name"]: e.get("value", e.get("valueFrom")) for e in container.get("env", [])}


def plain(secret):
    """What is in a Secret."""
    return {key: base64.b64decode(value).decode() for key, value in secret["data"].items()}


def digest(o):
    return hashlib.sha256(json.dumps(o, sort_keys=True).encode()).hexdigest()
