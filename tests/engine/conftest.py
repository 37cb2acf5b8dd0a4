"""The compiled kernel of the GARCH likelihood, built from its sources for the tests, whatever the environment has."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from types import ModuleType

import pytest

from engine.garch import likelihood

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """`_likelihood` as pyproject.toml builds it; tests that ask for it are skipped where nothing compiles C."""
    if not shutil.which("cc") or not Path(sysconfig.get_path("include"), "Python.h").is_file():
        pytest.skip("there is no C compiler with the headers of Python")
    folder = tmp_path_factory.mktemp("kernel")
    built = [sys.executable, "-c", "import setuptools; setuptools.setup()", "build_ext", "--force"]
    places = ["--build-lib", str(folder), "--build-temp", str(folder / "objects")]
    done = subprocess.run([*built, *places], cwd=ROOT, capture_output=True, text=True, check=False)
    found = list((folder / "engine" / "garch").glob("_likelihood.*"))
    assert len(found) == 1, done.stdout + done.stderr
    assert "warning:" not in done.stderr
    spec = importlib.util.spec_from_file_location("_likelihood", found[0])
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(params=["compiled", "numpy"])
def fitted_by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the test with the kernel and with its twin in NumPy."""
    used = request.getfixturevalue("kernel") if request.param == "compiled" else None
    monkeypatch.setattr(likelihood, "_likelihood", used)
    return str(request.param)
