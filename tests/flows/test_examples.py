"""The examples can be read by what they are for. Those with tests of their own are run by .ci/run."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from emulator import settings

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
SITES = ("flask-signup", "django-signup")
COMPOSE = sorted(EXAMPLES.glob("compose/*.yml"))
DOCUMENTS = sorted(path for path in EXAMPLES.rglob("*.y*ml") if ".venv" not in path.parts)


def named(path: Path) -> str:
    return str(path.relative_to(EXAMPLES))


def documents(path: Path) -> list[Any]:
    return list(yaml.safe_load_all(path.read_text()))


@pytest.mark.parametrize(
    ("schema", "paths"),
    [
        ("vendor.compose-spec", [*COMPOSE, ROOT / "docker-compose.yml"]),
        ("vendor.github-actions", [EXAMPLES / "github-action" / "action.yml"]),
        ("vendor.github-workflows", [EXAMPLES / "github-action" / "workflow.yml"]),
    ],
)
def test_a_file_fits_the_schema_of_its_kind(schema: str, paths: list[Path]) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, paths)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_variables_are_settings_with_values_that_make_sense(path: Path) -> None:
    text = path.read_text()
    given = dict(re.findall(rf'^ *({settings.PREFIX}\w+): "?([^"\n]+)', text, re.MULTILINE))
    given |= dict(re.findall(rf'name: ({settings.PREFIX}\w+)\n +value: "?([^"\n]+)', text))
    mentioned = set(re.findall(rf"\b{settings.PREFIX}[A-Z0-9_]+\b", text))
    assert mentioned <= {settings.variable(name) for name in settings.names()}
    settings.load({}, {name: value.strip() for name, value in given.items()})  # refuses what makes no sense


@pytest.mark.parametrize("path", COMPOSE, ids=named)
def test_compose_waits_for_services_that_say_how_they_are(path: Path) -> None:
    services = documents(path)[0]["services"]
    for service in services.values():
        for name, condition in service.get("depends_on", {}).items():
            assert condition == {"condition": "service_healthy"}
            assert "healthcheck" in services[name] or services[name].get("image") == "ses-emulator"


@pytest.mark.parametrize("path", COMPOSE, ids=named)
def test_compose_names_files_that_are_there(path: Path) -> None:
    for service in documents(path)[0]["services"].values():
        places = [service["build"]] if "build" in service else []
        places += [each.split(":")[0] for each in service.get("volumes", ()) if each.startswith(".")]
        for place in places:
            assert (path.parent / place).exists(), place
            assert "build" not in service or (path.parent / service["build"] / "Dockerfile").exists()


def test_the_service_in_kubernetes_finds_its_pod() -> None:
    by_kind = {each["kind"]: each for each in documents(EXAMPLES / "kubernetes" / "ses-emulator.yaml")}
    deployment, service = by_kind["Deployment"]["spec"], by_kind["Service"]["spec"]
    pod = deployment["template"]
    assert service["selector"] == deployment["selector"]["matchLabels"] == pod["metadata"]["labels"]
    (container,) = pod["spec"]["containers"]
    ports = {each["name"]: each["containerPort"] for each in container["ports"]}
    assert {each["targetPort"]: each["port"] for each in service["ports"]} == ports
    assert {each["name"] for each in container["volumeMounts"]} == {each["name"] for each in pod["spec"]["volumes"]}
    # Else the service's own name would make variables such as SES_EMULATOR_PORT=tcp://10.0.0.1:8005.
    assert pod["spec"]["enableServiceLinks"] is False


def test_the_feature_of_a_devcontainer_has_what_its_user_sets() -> None:
    folder = EXAMPLES / "devcontainer" / ".devcontainer"
    feature = json.loads((folder / "ses-emulator" / "devcontainer-feature.json").read_text())
    used = json.loads((folder / "devcontainer.json").read_text())["features"]["./ses-emulator"]
    assert set(used) <= set(feature["options"])
    script = (folder / "ses-emulator" / "install.sh").read_text()
    assert feature["entrypoint"].rpartition("/")[0] in script
    for option in feature["options"]:
        assert option.upper() in script


@pytest.mark.parametrize("site", SITES)
def test_a_site_with_tests_is_run_by_ci(site: str) -> None:
    assert (EXAMPLES / site / "test_signup.py").exists()
    assert site in (ROOT / ".ci" / "run").read_text()


def test_scripts_can_be_read_by_their_shell() -> None:
    steps = documents(EXAMPLES / "github-action" / "action.yml")[0]["runs"]["steps"]
    scripts = [*(step["run"] for step in steps), *(path.read_text() for path in EXAMPLES.rglob("*.sh"))]
    for script in scripts:
        assert subprocess.run(["bash", "-n"], input=script.encode(), check=False).returncode == 0
