"""The command `docker` for a test, where no engine of Docker runs. buildah builds, podman runs, and what the guide asks
of Compose is done here, as compose.yaml says. All services share the network of `database`, whose name leads there."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import yaml

_PATIENCE = 120.0
_FIRST = "database"


def main(arguments: list[str]) -> None:
    match arguments:
        case ["compose", *rest]:
            Compose(Path("compose.yaml")).do(rest)
        case ["build", *rest]:
            _build(*rest)
        case _:
            _podman(*arguments)


class Compose:
    def __init__(self, path: Path) -> None:
        given = dict(line.split("=", 1) for line in Path(".env").read_text().splitlines() if not line.startswith("#"))
        text = re.sub(r"\$\{(\w+):\?[^}]*\}", lambda found: given[found[1]], path.read_text())
        self._services: dict[str, dict[str, Any]] = yaml.safe_load(text)["services"]

    def do(self, arguments: list[str]) -> None:
        match arguments:
            case ["up", "--detach", "--build", "--wait"]:
                self._up()
            case ["run", "--rm", service, *command]:
                _podman("run", "--rm", *self._options(service), self._services[service]["image"], *command)
            case ["exec", service, *command]:
                _podman("exec", service, *command)
            case ["logs", *services]:
                for service in services:
                    _podman("logs", service)
            case ["stop", *services]:
                _podman("stop", *services)
            case ["cp", place, here]:
                _podman("cp", place, here)
            case _:
                raise SystemExit(f"not known here: {arguments}")

    def _up(self) -> None:
        """Services start in the order of the file, which is that of `depends_on`, once what they depend on is there."""
        built = {service["image"] for service in self._services.values() if "build" in service}
        for image in built:
            _build("--tag", image, ".")
        for name, service in self._services.items():
            if service["image"] in built:
                subprocess.run(["podman", "rm", "--force", "--ignore", name], check=True, stdout=subprocess.DEVNULL)
            elif subprocess.run(["podman", "container", "exists", name], check=False).returncode == 0:
                continue
            for needed, how in service.get("depends_on", {}).items():
                self._wait(needed, how["condition"])
            options = ("--detach", f"--name={name}", *self._options(name))
            _podman("run", *options, service["image"], *service.get("command", "").split())
        for name in self._services:
            is_over = self._services[name].get("healthcheck", {}).get("disable")
            self._wait(name, "service_completed_successfully" if is_over else "service_healthy")

    def _wait(self, name: str, condition: str) -> None:
        if condition == "service_completed_successfully":
            ended = subprocess.run(["podman", "wait", name], check=True, capture_output=True, text=True)
            if ended.stdout.strip() != "0":
                raise SystemExit(f"{name} failed: {_logs(name)}")
            return
        given = self._services[name].get("healthcheck", {}).get("test")
        check = ["podman", "exec", name, *given[1:]] if given else ["podman", "healthcheck", "run", name]
        give_up_at = time.monotonic() + _PATIENCE
        while subprocess.run(check, check=False, capture_output=True).returncode != 0:
            if time.monotonic() > give_up_at:
                raise SystemExit(f"{name} is not healthy: {_logs(name)}")
            time.sleep(0.5)

    def _options(self, name: str) -> list[str]:
        service = self._services[name]
        options = [f"--env={key}={value}" for key, value in service.get("environment", {}).items()]
        options += [f"--volume={volume}" for volume in service.get("volumes", ())]
        options += [f"--tmpfs={path}" for path in service.get("tmpfs", ())]
        options += [f"--cap-drop={capability}" for capability in service.get("cap_drop", ())]
        options += [f"--security-opt={option.replace(':true', '')}" for option in service.get("security_opt", ())]
        options += ["--read-only"] if service.get("read_only") else []
        options += [f"--env-file={service['env_file']}"] if "env_file" in service else []
        options += [f"--stop-timeout={service['stop_grace_period'].removesuffix('s')}"]
        if name != _FIRST:
            return [*options, f"--network=container:{_FIRST}"]
        ports = [port for each in self._services.values() for port in each.get("ports", ())]
        return [*options, f"--add-host={_FIRST}:127.0.0.1", *(f"--publish={port}" for port in ports)]


def _build(*arguments: str) -> None:
    _run("buildah", "bud", "--quiet", "--format=docker", "--layers=false", "--isolation=chroot", *arguments)


def _podman(*arguments: str) -> None:
    _run("podman", *arguments)


def _logs(name: str) -> str:
    done = subprocess.run(["podman", "logs", name], check=False, capture_output=True, text=True)
    return done.stdout + done.stderr


def _run(*command: str) -> None:
    done = subprocess.run(command, check=False, env=os.environ | {"PATH": f"{os.environ['PATH']}:/usr/sbin"})
    if done.returncode:
        raise SystemExit(done.returncode)


if __name__ == "__main__":
    main(sys.argv[1:])
