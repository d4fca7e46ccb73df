"""The keys of configMap.values against the settings of the server: docs/CONFIGURATION.md, which is generated from its code."""

import fnmatch
import re

import yaml

import chart
import settings
from chart import combination, environment, render

PAGE = (chart.REPOSITORY / "docs" / "CONFIGURATION.md").read_text()
ONES = dict(re.findall(r"^### ([A-Z0-9_]+)\n(.*?)(?=^### |^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
SECRETS = {name for name, text in ONES.items() if "- Secret:" in text}
NOT_YET = re.findall(r"^- `([A-Z0-9_*]+)`:", PAGE.partition("## Not yet")[2], re.MULTILINE)
KEYS = yaml.safe_load((chart.CHART / "values.yaml").read_text())["configMap"]["values"]


def rendered():
    """What every key becomes, when each has a value."""

    def example(key):
        if re.search("Timeout$|Window$", key):
            return "1s"
        return {"publicUrl": "https://a.example", "basePath": "/x", "rateLimitRequests": 1000000, "databaseMinIdle": 2, "authMode": "accounts", "authPasswords": "true"}.get(key, "x")

    values = {key: example(key) for key, default in KEYS.items() if default == ""}
    return render({"configMap": {"values": values}}).one("ConfigMap")["data"]


def test_every_key_is_a_setting_of_the_server():
    data = rendered()
    assert len(data) == len(KEYS)
    unknown = {name for name in data if name not in ONES and not any(fnmatch.fnmatch(name, pattern) for pattern in NOT_YET)}
    assert not unknown, "configMap.values has a key that is no setting"
    assert set(data) & SECRETS == settings.SECRET_WITH_A_PASSWORD, "a secret in the ConfigMap"


def test_every_setting_of_the_server_has_a_key_or_a_reason():
    data = set(rendered())
    assert not data & set(settings.NOT_OFFERED), "a key, and a reason for having none"
    assert set(ONES) - data - SECRETS <= set(settings.NOT_OFFERED), (
        "each setting of docs/CONFIGURATION.md is a key of configMap.values in values.yaml and values.schema.json (camel case), "
        "or stands with its reason in charts/tests/settings.py"
    )


def test_the_page_says_of_each_key_which_setting_it_is():
    text = (chart.CHART / "values.yaml").read_text()
    for name in rendered():
        assert f"# {name}" in text, name


def test_secrets_come_as_variables_or_as_files_that_the_server_knows():
    assert "DATABASE_URL" in SECRETS
    assert set(environment(render().container)) == {"DATABASE_URL"}
    files = environment(combination("secret-files").container)
    assert set(files) == {"DATABASE_URL_FILE", "SENTRY_DSN_FILE"}
    assert "NAME_FILE=/path/to/file" in PAGE


def test_numbers_stay_as_they_were_written():
    data = rendered()
    assert (data["RATE_LIMIT_REQUESTS"], data["DATABASE_MAX_CONNS"], data["PORT"]) == ("1000000", "25", "8080")
