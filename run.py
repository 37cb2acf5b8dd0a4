#!/usr/bin/env python3
"""Set Cellwarden up and start it, with nothing but Python.

    python3 run.py [FILE...]       set up, then open the files (or the bundled sample) in the desktop app; without a
                                   display analyse them into out/ and render the window beside the results
    python3 run.py test [ARG...]   set up, then lint, check types and run all tests (arguments go to pytest)
    python3 run.py setup           set up and stop

Everything lives in .venv/ beside this file, pinned by requirements.lock. Exit codes: those of the program that was
started; 3 when the set-up itself failed, with one line that says why. Standard library only, any platform.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, TextIO

OLDEST, NEWEST = (3, 11), (3, 14)
"""The Python versions that `requires-python` in pyproject.toml allows."""

SPACE = 1_800_000_000
"""Bytes a fresh environment takes together with the downloads it is made from."""

ROOT = Path(__file__).resolve().parent
WINDOWS = sys.platform == "win32"
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
STAMP = VENV / "cellwarden-setup.json"
LOG = VENV / "cellwarden-setup.log"
OUT = ROOT / "out"
SAMPLE = ROOT / "resources" / "sample"
OF_SAMPLE = ("--cells", str(SAMPLE / "cells.csv"), "--country", "IR", "--zone", "Asia/Tehran")

# What Qt loads from the system: soname, then the package that has it (and what that needs) for apt, dnf and pacman.
EVERYWHERE = (
    ("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd"),
    ("libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd"),
    ("libX11.so.6", "libx11-6", "libX11", "libx11"),
    ("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus"),
    ("libfontconfig.so.1", "libfontconfig1", "fontconfig", "fontconfig"),
    ("libglib-2.0.so.0", "libglib2.0-0", "glib2", "glib2"),
    ("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", "libxkbcommon"),
)
WITH_DISPLAY = (
    ("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb", "libx11"),
    ("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    ("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    ("libxcb-image.so.0", "libxcb-image0", "xcb-util-image", "xcb-util-image"),
    ("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    ("libxcb-randr.so.0", "libxcb-randr0", "libxcb", "libxcb"),
    ("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil"),
    ("libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb"),
    ("libxcb-sync.so.1", "libxcb-sync1", "libxcb", "libxcb"),
    ("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb", "libxcb"),
    ("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb", "libxcb"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    ("libwayland-client.so.0", "libwayland-client0", "libwayland-client", "wayland"),
    ("libwayland-cursor.so.0", "libwayland-cursor0", "libwayland-cursor", "wayland"),
    ("libwayland-egl.so.1", "libwayland-egl1", "libwayland-egl", "wayland"),
)
FONT = ("", "fonts-dejavu-core", "dejavu-sans-fonts", "ttf-dejavu")

# What pip writes when it fails, and what that means for the person; the first match counts.
PIP_FAILURES = (
    ("No space left on device", "the disk is full; free about 2 GB and start again"),
    ("CERTIFICATE_VERIFY_FAILED", "the package index shows a certificate that this computer does not trust"),
    ("NewConnectionError", "no connection to the package index; the first start needs the network once"),
    ("ReadTimeoutError", "the package index stopped answering; start again to go on"),
    ("Cannot connect to proxy", "the proxy that is set for pip does not answer"),
    ("DO NOT MATCH THE HASHES", "a downloaded package is not the one in requirements.lock (hash mismatch)"),
    ("No matching distribution found", "the package index has no build for this computer and Python"),
    ("Permission denied", "a file under .venv cannot be written"),
)


class SetupError(Exception):
    """The set-up cannot go on; the text is one line: what is wrong and what to do."""


def say(text: str) -> None:
    """Tell the person what happens, on stderr, so that stdout stays the program's own."""
    print(text, file=sys.stderr, flush=True)


def check_python(version: tuple[int, int] = sys.version_info[:2]) -> None:
    """Raise SetupError where this Python is too old or too new, naming one on the PATH that fits."""
    if OLDEST <= version <= NEWEST:
        return
    fitting = [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1) if shutil.which(f"python3.{minor}")]
    wanted = f"Cellwarden needs Python {OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]}, this is"
    advice = f"run: {fitting[0]} run.py" if fitting else "install one from your system or https://www.python.org"
    raise SetupError(f"{wanted} {version[0]}.{version[1]}; {advice}")


# --- the environment -------------------------------------------------------------------------------------------------


def wanted_stamp() -> dict[str, str]:
    """What the environment is made from; a finished set-up has left exactly this behind."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    parts = [project["build-system"], project["project"], project["tool"]["setuptools"]]
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode())
    for file in (ROOT / "requirements.lock", *sorted((ROOT / "engine" / "garch" / "kernel").glob("*.[ch]"))):
        digest.update(file.read_bytes())
    return {"python": "{}.{}".format(*sys.version_info[:2]), "folder": str(ROOT), "inputs": digest.hexdigest()}


def found_stamp() -> dict[str, str] | None:
    """What the last set-up left: its stamp, {} if it did not finish, None if there never was one."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def runs() -> bool:
    """Whether the environment's own Python starts and is of this version (the system's may have been replaced)."""
    command = [str(PYTHON), "-I", "-S", "-c", "import sys; print(*sys.version_info[:2])"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and done.stdout.split() == [str(n) for n in sys.version_info[:2]]


def stands() -> bool:
    """Whether the environment is complete, of this Python and of this folder, and made from these pins."""
    names = ("cellwarden.exe", "cellwarden-cli.exe") if WINDOWS else ("cellwarden", "cellwarden-cli")
    return found_stamp() == wanted_stamp() and all((BIN / name).exists() for name in names) and runs()


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Hold the set-up for one process at a time; a second one waits. The lock dies with its holder."""
    with Path(__file__).open("rb") as held:
        if sys.platform == "win32":
            import msvcrt

            held.seek(1 << 30)  # a byte that nobody reads
            while True:
                with contextlib.suppress(OSError):  # it gives up after ten seconds: try again
                    msvcrt.locking(held.fileno(), msvcrt.LK_LOCK, 1)
                    break
        else:
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def set_up() -> None:
    """Make or mend the environment; nothing happens where it stands already. Raises SetupError."""
    check_python()
    if stands():
        return
    with alone():
        if stands():
            return
        if VENV.exists() and (found_stamp() == {} or not runs()):
            say("The environment in .venv is unfinished, broken or of another Python; making it anew.")
            try:
                shutil.rmtree(VENV)
            except OSError as problem:
                raise SetupError(f".venv cannot be removed ({problem}); close what uses it and start again") from None
        fresh = not PYTHON.exists()
        say("Setting up in .venv (once; downloads about 400 MB) ..." if fresh else "Bringing .venv up to date ...")
        if fresh and (free := shutil.disk_usage(ROOT).free) < SPACE:
            raise SetupError(f"{ROOT} has {free / 1e9:.1f} GB free, the set-up needs {SPACE / 1e9:.1f} GB; make room")
        need_pip()
        settled = (found_stamp() or {}).get("folder") == str(ROOT)
        VENV.mkdir(exist_ok=True)
        STAMP.write_text("{}\n", encoding="utf-8")
        if fresh or not settled:
            make_environment()
        pip("install", "--require-hashes", "--no-deps", "--only-binary=:all:", "-r", "requirements.lock")
        pip("install", "--no-deps", "--no-build-isolation", "--editable", ".")
        STAMP.write_text(json.dumps(wanted_stamp(), indent=1) + "\n", encoding="utf-8")
        say("Set up.")


def need_pip() -> None:
    """See that this Python can bring pip into an environment: Debian and Ubuntu keep that part apart from Python."""
    package = "python{}.{}-venv".format(*sys.version_info[:2])
    if not has_module("ensurepip") and not install([package]) and not has_module("pip"):
        raise SetupError(f"this Python comes without venv and pip; run: {by_hand([package])}")


def make_environment() -> None:
    """Make the environment's Python and its pip, or refresh them in an environment that was moved here."""
    command = [sys.executable, "-m", "venv", str(VENV)]
    if not has_module("ensurepip"):
        command.insert(3, "--without-pip")  # then the system's pip fills it
    logged(command, "the virtual environment cannot be made")


def has_module(name: str) -> bool:
    """Whether this Python has a module, also one that was installed a moment ago."""
    importlib.invalidate_caches()
    return importlib.util.find_spec(name) is not None


def pip(*arguments: str) -> None:
    """Run pip on the environment, silently; its words go to the log. Raises SetupError with the reason in one line."""
    own = [str(PYTHON), "-I", "-m", "pip"]
    if not succeeds(*own, "--version"):
        own = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    options = ["--disable-pip-version-check", "--no-input", "--no-color", "--retries", "2"]
    logged([*own, *options, *arguments], "pip failed")


def logged(command: Sequence[str], failure: str) -> None:
    """Run a command of the set-up with its output in the log. Raises SetupError with the reason in one line."""
    with LOG.open("a", encoding="utf-8") as log:
        print("$", *command, file=log, flush=True)
        code, lines = followed(command, log)
    if code != 0:
        said = "\n".join(lines)
        last = next((line for line in reversed(lines) if line.strip()), f"exit code {code}")
        reason = next((meaning for sign, meaning in PIP_FAILURES if sign in said), f"{failure}: {last.strip()}")
        raise SetupError(f"{reason} (details: {LOG})")


def followed(command: Sequence[str], log: TextIO) -> tuple[int, list[str]]:
    """Run a command, copying what it says to the log; on a terminal one line shows how far it is."""
    environment = clean_environment()
    for name in ("USER", "TARGET", "PREFIX", "ROOT", "QUIET", "NO_BINARY", "REQUIRE_HASHES"):
        environment.pop(f"PIP_{name}", None)
    lines: list[str] = []
    pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, cwd=ROOT, env=environment, encoding="utf-8", errors="replace", **pipes) as process:
        for line in process.stdout or ():
            log.write(line)
            lines.append(line.rstrip())
            if line.startswith(("Collecting", "Downloading", "Installing")):
                show(" ".join(line.split()[:2]))
    show("")
    return process.returncode, lines


def show(text: str) -> None:
    """On a terminal: replace the line that shows progress; "" clears it."""
    if sys.stderr.isatty():
        width = max(20, shutil.get_terminal_size().columns - 1)
        sys.stderr.write(f"\r{text[:width].ljust(width)}\r")
        sys.stderr.flush()


def clean_environment() -> dict[str, str]:
    """This process's environment without what would mix another Python into ours."""
    foreign = ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if name not in foreign}


# --- what Qt needs from the system -----------------------------------------------------------------------------------


def missing(display: bool) -> list[tuple[str, str, str, str]]:
    """The rows of shared libraries, and of the font, that a Linux system lacks; nothing elsewhere."""
    if not sys.platform.startswith("linux"):
        return []
    lacking = [row for row in EVERYWHERE + (WITH_DISPLAY if display else ()) if not loads(row[0])]
    return lacking if has_font() else [*lacking, FONT]


def loads(soname: str) -> bool:
    """Whether the dynamic loader finds a library."""
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def has_font() -> bool:
    """Whether any scalable font is installed."""
    data = Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share")
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("~/.fonts"), data / "fonts")
    kinds = (".ttf", ".otf", ".ttc", ".pfb")
    for folder in folders:
        for _, _, names in os.walk(folder.expanduser()):
            if any(name.lower().endswith(kinds) for name in names):
                return True
    return False


def provide(display: bool) -> bool:
    """See to the libraries and the font, installing what the user may install. False where a library stays missing."""
    lacking = missing(display)
    if lacking and install(packages(lacking, "apt")):
        lacking = missing(display)
    if lacking:
        say(f"Missing for the window: {', '.join(row[0] or 'a font' for row in lacking)}. Install with:")
        say(f"    {by_hand(packages(lacking, package_manager()))}")
    return all(row is FONT for row in lacking)


def packages(rows: Sequence[tuple[str, str, str, str]], manager: str) -> list[str]:
    """The packages that have the libraries of `rows`, each once."""
    column = {"dnf": 2, "pacman": 3}.get(manager, 1)
    return sorted({row[column] for row in rows})


def package_manager() -> str:
    """Which of the package managers we know is here; "apt" where none is."""
    return next((name for name in ("apt", "dnf", "pacman") if shutil.which(name.replace("apt", "apt-get"))), "apt")


def by_hand(names: Sequence[str]) -> str:
    """The command with which a person installs packages here."""
    verbs = {"apt": "apt-get install -y", "dnf": "dnf install -y", "pacman": "pacman -S --needed"}
    return f"sudo {verbs[package_manager()]} {' '.join(names)}"


def install(names: Sequence[str]) -> bool:
    """Install Debian packages where the user may without being asked: as root or with passwordless sudo."""
    if sys.platform == "win32" or not shutil.which("apt-get"):
        return False
    rights = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if rights and not (shutil.which("sudo") and succeeds(*rights, "true")):
        return False
    say(f"Installing with apt-get: {' '.join(names)}")
    apt = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    wanted = [*apt, "install", "--no-install-recommends", *names]
    # A fresh system has no package lists yet, or old ones.
    return succeeds(*wanted) or (succeeds(*apt, "update") and succeeds(*wanted))


def succeeds(*command: str) -> bool:
    """Run a command in silence and say whether it went well."""
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0


# --- the jobs --------------------------------------------------------------------------------------------------------


def has_display() -> bool:
    """Whether a window can be shown: not only named in the environment, but answering."""
    if not sys.platform.startswith("linux"):
        return True
    wayland = os.environ.get("WAYLAND_DISPLAY")
    if wayland and answers(str(Path(os.environ.get("XDG_RUNTIME_DIR") or "/") / wayland)):
        return True
    host, colon, number = os.environ.get("DISPLAY", "").rpartition(":")
    screen = number.partition(".")[0]
    if not colon or not screen.isdecimal():
        return False
    if host in ("", "unix"):
        path = f"/tmp/.X11-unix/X{screen}"
        return answers(path) or answers("\0" + path)
    with contextlib.suppress(OSError), socket.create_connection((host.strip("[]"), 6000 + int(screen)), timeout=2):
        return True
    return False


def answers(path: str) -> bool:
    """Whether something listens on a local socket."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2)
        connection.connect(path)
        return True
    return False


def start(files: Sequence[str]) -> int:
    """The main job: the desktop app on a display, else the same analysis into out/ with a picture of the window."""
    display = has_display()
    usable = provide(display)
    shown = list(files) or [str(SAMPLE / "city.parquet")]
    if display and usable:
        return call("cellwarden", *shown)
    say(f"No {'usable ' if display else ''}display: analysing {' '.join(files) or 'the bundled sample'} into {OUT}")
    code = call("cellwarden-cli", "analyse", *shown, *(() if files else OF_SAMPLE), "--out", str(OUT))
    if code == 0 and (usable or not any(row[0] for row in missing(display=False))):
        code = call("cellwarden", "--smoke", str(OUT / "window"), *shown, QT_QPA_PLATFORM="offscreen")
    if code == 0:
        say("Results:")
        for path in sorted([*OUT.iterdir(), *OUT.glob("window/window-*.png")]):
            say(f"    {path}")
    return code


def test(arguments: Sequence[str]) -> int:
    """Lint, check types, run the tests: all of them, whatever the first ones say."""
    provide(display=False)
    os.chdir(ROOT)
    failed = []
    for step in (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"], ["pytest", *arguments]):
        say(f"--- {' '.join(step)}")
        if call("python", "-m", *step, QT_QPA_PLATFORM="offscreen") != 0:
            failed.append(" ".join(step[:2]))
    say(f"FAILED: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


def call(program: str, *arguments: str, **variables: str) -> int:
    """Run a program of the environment in the foreground and return its exit code."""
    with subprocess.Popen([str(BIN / program), *arguments], env={**clean_environment(), **variables}) as process:
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        while True:
            # Ctrl+C has reached the program too: let it finish in its own way.
            with contextlib.suppress(KeyboardInterrupt):
                return process.wait()


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks for."""
    if arguments and arguments[0] in ("-h", "--help"):
        print(__doc__)
        return 0
    try:
        set_up()
    except SetupError as problem:
        say(f"Set-up failed: {problem}")
        return 3
    if arguments[:1] == ["test"]:
        return test(arguments[1:])
    if arguments[:1] == ["setup"]:
        return 0
    return start(arguments)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
