"""A machine of its own for a test: it boots systemd on a copy of this one's files. What it changes is gone with it."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PATIENCE = 120.0
# As root's login shell has it on Debian. A Python of another place would be out of reach for other users.
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True)
class Machine:
    """Its network is only itself. `online` commands use the network of this machine instead, to install packages."""

    root: Path
    leader: int

    def run(self, commands: str, *, user: str = "root", online: bool = False, **environment: str) -> str:
        """What the commands print. Fails with that when one of them does."""
        spaces = ["--mount", "--uts", "--ipc", "--pid", *([] if online else ["--net"])]
        enter = ["nsenter", f"--target={self.leader}", *spaces, "--", "runuser", "-u", user, "--"]
        kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_", "SSL_"))}
        home = "/root" if user == "root" else f"/home/{user}"
        fresh = {"PATH": _PATH, "HOME": home, "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(
            [*enter, "bash", "-euo", "pipefail", "-c", f"cd {home}\n{commands}"],
            cwd="/",
            env=kept | fresh | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=5 * PATIENCE,
        )
        assert done.returncode == 0, f"{commands}\n{done.stdout}"
        return done.stdout


@contextlib.contextmanager
def machine(folder: Path, sources: Path) -> Iterator[Machine]:
    """A machine that has booted. `sources` are at /sources there."""
    if os.geteuid() != 0:
        pytest.skip("only root can boot a machine")
    for program in ("systemd-nspawn", "nsenter"):
        if shutil.which(program) is None:
            pytest.skip(f"no {program} here: install the packages systemd-container and util-linux")
    with contextlib.ExitStack() as stack:
        root = _copy_of_this_machine(folder, stack)
        (root / "sources").mkdir()
        log = stack.enter_context((folder / "console").open("wb"))
        process = subprocess.Popen(
            [
                *("systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--boot", "--private-network"),
                *(f"--directory={root}", "--resolv-conf=copy-host", "--link-journal=no"),
                f"--bind-ro={sources}:/sources",
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        stack.callback(_end, process)
        yield _booted(root, process)


def _copy_of_this_machine(folder: Path, stack: contextlib.ExitStack) -> Path:
    """This machine's files below a layer that takes all changes. Of its services only PostgreSQL starts there, as it
    would after its installation."""
    _mounted(stack, "tmpfs", "tmpfs", folder)
    upper, work, root = (folder / name for name in ("upper", "work", "root"))
    for each in (upper, work, root):
        each.mkdir()
    _mounted(stack, "overlay", "overlay", root, f"lowerdir=/,upperdir={upper},workdir={work}")
    for wanted in (root / "etc/systemd/system").glob("*.wants/*"):
        if not wanted.name.startswith("postgresql"):
            wanted.unlink()
    # Some machines forbid packages to start their services.
    (root / "usr/sbin/policy-rc.d").unlink(missing_ok=True)
    (root / "etc/machine-id").write_text("")
    return root


def _mounted(stack: contextlib.ExitStack, kind: str, device: str, where: Path, options: str = "") -> None:
    subprocess.run(["mount", "-t", kind, *(["-o", options] if options else []), device, where], check=True)
    stack.callback(lambda: subprocess.run(["umount", "--lazy", where], check=True))


def _booted(root: Path, process: "subprocess.Popen[bytes]") -> Machine:
    give_up_at = time.monotonic() + PATIENCE
    while time.monotonic() < give_up_at:
        assert process.poll() is None, "the machine did not boot"
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        if children:
            found = Machine(root, int(children[0]))
            with contextlib.suppress(AssertionError):
                found.run("systemctl is-system-running --wait | grep -E 'running|degraded'")
                return found
        time.sleep(0.2)
    raise AssertionError("the machine did not boot in time")


def _end(process: "subprocess.Popen[bytes]") -> None:
    # systemd-nspawn takes it as an order to power off.
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
