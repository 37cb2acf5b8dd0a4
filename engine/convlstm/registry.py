"""Which models there are: those that ship and the user's own, which of them is in use, and how they come and go.

Own models lie in folders of the user's data folder, each self-contained; `active.json` beside them says which one is in
use and which ones were before. Nothing is ever changed in place.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import resources
from engine.convlstm.record import FILES, GRAPH_FILE, ID, RECORD_FILE, ModelRecord, read_record
from engine.convlstm.session import open_graph
from engine.convlstm.verify import LARGEST_GRAPH, LARGEST_WEIGHTS, Verified, verify
from engine.errors import ModelError, Reason
from engine.output import make_folder, refusal, whole_file

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

DEFAULT = "series-label"
"""The model in use unless the user chose another one."""

ACTIVE_FILE = "active.json"


@dataclass(frozen=True, eq=False)
class Model:
    """A verified model that is ready to run."""

    record: ModelRecord
    session: InferenceSession


@dataclass(frozen=True)
class Listed:
    """A model as it is listed. problem: why it cannot be used, None if it can as far as its record tells."""

    id: str
    bundled: bool
    active: bool
    record: ModelRecord | None
    problem: Reason | None


def own_folder() -> Path:
    """Where the user's own models lie; it need not exist."""
    import platformdirs

    return platformdirs.user_data_path("cellwarden", appauthor=False) / "models"


def bundled_folder() -> Path:
    """Where the models lie that ship."""
    return resources.path("models")


def list_models() -> tuple[Listed, ...]:
    """Bundled models, then own ones, by id. A damaged one is listed with what is wrong with it."""
    chosen = active()
    found = []
    for root, bundled in ((bundled_folder(), True), (own_folder(), False)):
        for folder in sorted(p for p in root.iterdir() if p.is_dir()) if root.is_dir() else []:
            try:
                record, problem = read_record(folder), None
            except ModelError as error:
                record, problem = None, error.reason
            found.append(Listed(folder.name, bundled, folder.name == chosen, record, problem))
    return tuple(found)


def folder_of(model: str) -> Path:
    """The folder of a model named by its id, or by the path of its folder. Raises ModelError."""
    if ID.fullmatch(model):
        for root in (bundled_folder(), own_folder()):
            if (root / model / RECORD_FILE).is_file():
                return root / model
    if (Path(model) / RECORD_FILE).is_file():
        return Path(model)
    known = ", ".join(listed.id for listed in list_models())
    raise ModelError(Reason("model_unknown", {"model": model, "known": known}))


def open_model(model: str) -> Model:
    """A model ready to run, verified when it is first opened. "" = the active one. Raises ModelError."""
    folder = folder_of(model or active())
    record = folder / RECORD_FILE
    return _opened(folder, record.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _opened(folder: Path, _stamp: int) -> Model:
    checked = verify(folder)
    return Model(checked.record, open_graph(checked.graphs[GRAPH_FILE], checked.theta))


def verified(model: str) -> Verified:
    """The checked content of a model, for training it further. "" = the active one. Raises ModelError."""
    return verify(folder_of(model or active()))


def active() -> str:
    """The id of the model in use: the last one activated that is still there, else the default one."""
    for identity in reversed(_history()):
        if any((root / identity / RECORD_FILE).is_file() for root in (own_folder(), bundled_folder())):
            return identity
    return DEFAULT


def activate(model: str, worse_too: bool = False) -> None:
    """Use a model from now on. A model whose fine-tuning made it worse on held-out weeks is refused unless told.

    Raises ModelError.
    """
    record = verified(model).record
    before, after = record.metrics.get("held_out_before"), record.metrics.get("held_out_after")
    if before is not None and after is not None and after > before and not worse_too:
        raise ModelError(Reason("model_worse", {"model": model, "before": before, "after": after}))
    _remember([*(past for past in _history() if past != record.id), record.id])


def revert() -> str:
    """Go back to the model that was in use before the present one, and return its id."""
    _remember(_history()[:-1])
    return active()


def add(folder: Path) -> str:
    """Take a model's folder into the registry and return its id. Raises ModelError, OutputError."""
    record = verify(folder).record
    if (bundled_folder() / record.id).is_dir():
        raise ModelError(Reason("model_name_taken", {"model": record.id}))
    root = own_folder()
    make_folder(root)
    try:
        with tempfile.TemporaryDirectory(dir=root, prefix=".part-") as part:
            for name in (RECORD_FILE, *FILES):
                shutil.copyfile(folder / name, Path(part) / name)
            target = root / record.id
            if target.is_dir():
                shutil.rmtree(target)
            Path(part).chmod(0o755)
            shutil.copytree(part, target)
    except OSError as error:
        raise refusal(error, root) from error
    return record.id


def delete(model: str) -> None:
    """Remove one of the user's own models. Raises ModelError for a bundled or unknown one, OutputError."""
    folder = own_folder() / model
    if not ID.fullmatch(model) or not folder.is_dir():
        raise ModelError(Reason("model_not_own", {"model": model}))
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise refusal(error, folder) from error
    _remember([past for past in _history() if past != model])


def export(model: str, file: Path) -> None:
    """Write a model into one file that `import_file` takes elsewhere. Raises ModelError, OutputError."""
    folder = folder_of(model)
    verify(folder)
    with whole_file(file) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (RECORD_FILE, *FILES):
            archive.write(folder / name, name)


def import_file(file: Path) -> str:
    """Take a model file written by `export` into the registry and return its id. Raises ModelError, OutputError."""
    wanted = (RECORD_FILE, *FILES)
    try:
        with zipfile.ZipFile(file) as archive, tempfile.TemporaryDirectory(prefix="cellwarden-") as part:
            infos = {info.filename: info for info in archive.infolist()}
            if set(infos) != set(wanted):
                raise ModelError(Reason("model_file_foreign", {"file": str(file)}))
            for name in wanted:
                if infos[name].file_size > max(LARGEST_GRAPH, LARGEST_WEIGHTS):
                    raise ModelError(Reason("model_too_large", {"file": name, "folder": str(file)}))
                (Path(part) / name).write_bytes(archive.read(name))
            return add(Path(part))
    except (OSError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise ModelError(Reason("model_file_foreign", {"file": str(file)})) from error


def _history() -> list[str]:
    """Ids of activated models, the present one last; none where nothing sensible is stored."""
    try:
        stored = json.loads((own_folder() / ACTIVE_FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return [past for past in stored if isinstance(past, str) and ID.fullmatch(past)] if isinstance(stored, list) else []


def _remember(history: list[str]) -> None:
    root = own_folder()
    make_folder(root)
    with whole_file(root / ACTIVE_FILE) as part:
        part.write_text(json.dumps(history), "utf-8")
