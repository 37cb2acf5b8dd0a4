"""Build the double-click folder: `python3 packaging/build.py`. The result stands in dist/cellwarden.

Runs PyInstaller of the project's own environment (`python3 run.py setup` makes it) on packaging/cellwarden.spec, and
says how large the result is and what takes the space. `--archive` also packs it as people download it.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from identity import VERSION

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run.py stands there
PYTHON = ROOT / ".venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
DIST = ROOT / "dist"
FOLDER = DIST / "cellwarden"
BESIDE = (ROOT / "LICENSE", ROOT / "THIRD_PARTY.md")
"""What a person should find beside the programs."""


def build() -> None:
    """Make dist/cellwarden anew."""
    command = [str(PYTHON), "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"]
    places = ["--distpath", str(DIST), "--workpath", str(ROOT / "build"), str(ROOT / "packaging" / "cellwarden.spec")]
    subprocess.run([*command, *places], cwd=ROOT, check=True)


def lay_beside() -> None:
    """Put the notices beside the programs, and on Linux what brings them into the menu."""
    if sys.platform == "darwin":
        return  # the bundle is signed as it is; it holds the licence texts already
    for file in BESIDE:
        shutil.copy(file, FOLDER)
    if sys.platform.startswith("linux"):
        shutil.copy(ROOT / "packaging" / "linux" / "add-to-menu.sh", FOLDER)


def lacking() -> str:
    """The command that installs what Qt needs from this system, as it goes into the folder; "" if nothing lacks."""
    import run

    rows = [row for row in run.missing(display=True) if row is not run.FONT]
    return run.by_hand(run.packages(rows, run.package_manager())) if rows else ""


def report() -> None:
    """Print the size of the folder and its largest parts."""
    sizes: Counter[str] = Counter()
    for file in FOLDER.rglob("*"):
        if file.is_file() and not file.is_symlink():
            parts = file.relative_to(FOLDER).parts
            sizes["/".join(parts[:2])] += file.stat().st_size
    print(f"{FOLDER}: {sizes.total() / 1e6:.0f} MB in {sum(1 for _ in FOLDER.rglob('*'))} files")
    for part, size in sizes.most_common(12):
        print(f"  {size / 1e6:7.1f} MB  {part}")


def archive() -> None:
    """Pack the folder: zip on Windows and macOS, tar.gz on Linux."""
    name = f"cellwarden-{VERSION}-{platform.system().lower()}-{platform.machine().lower()}"
    if sys.platform == "darwin":  # a plain zip would follow the links of the bundle and so break its signature
        packed = DIST / f"{name}.zip"
        subprocess.run(["ditto", "-c", "-k", "--keepParent", str(DIST / "Cellwarden.app"), str(packed)], check=True)
    else:
        kind = "gztar" if sys.platform.startswith("linux") else "zip"
        packed = Path(shutil.make_archive(str(DIST / name), kind, root_dir=DIST, base_dir="cellwarden"))
    print(f"{packed}: {packed.stat().st_size / 1e6:.0f} MB")


def main() -> int:
    """Build, report and, if wanted, pack."""
    grammar = argparse.ArgumentParser(description="Build the double-click folder.")
    grammar.add_argument("--archive", action="store_true", help="also pack it for download")
    given = grammar.parse_args()
    if not PYTHON.exists():
        print("There is no .venv yet; run: python3 run.py setup", file=sys.stderr)
        return 2
    if command := lacking():
        print(f"This system lacks libraries that the folder must bring along; run: {command}", file=sys.stderr)
        return 2
    try:
        build()
    except subprocess.CalledProcessError as failure:
        return failure.returncode
    lay_beside()
    report()
    if given.archive:
        archive()
    return 0


if __name__ == "__main__":
    sys.exit(main())
