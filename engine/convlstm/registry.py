"""Which models there are: those that ship and the user's own, which of them is in use, and how they come and go.

Own models lie in folders of the user's data folder, each self-contained; `active.json` beside them says which one is in
use and which ones were before. Nothing is ever changed in place.
"""

from __future__ import annotations

import json
import math
import shutil
import struct
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import resources
from engine.convlstm.record import FILES, GRAPH_FILE, ID, NEWER_FILES, RECORD_FILE, ModelRecord, read_record
from engine.convlstm.session import WEIGHTS_FILE, open_graph
from engine.convlstm.verify import LARGEST_GRAPH, LARGEST_WEIGHTS, Verified, verify
from engine.errors import ModelError, Reason
from engine.text import numbers_apart
from engine.writing.output import in_own_folder, make_folder, whole_file

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

DEFAULT = "series-label"
"""The model in use unless the user chose another one."""

ACTIVE_FILE = "active.json"
LARGEST_FILE = LARGEST_WEIGHTS + len(FILES) * LARGEST_GRAPH


@dataclass(frozen=True, eq=False)
class Model:
    """A verified model that is ready to run. bundled: it ships with the program."""

    record: ModelRecord
    session: InferenceSession
    bundled: bool


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
        for folder in _folders(root):
            if not ID.fullmatch(folder.name):
                continue  # something half written, or somebody else's
            record, problem = None, None
            try:
                record = read_record(folder)
                if record.id != folder.name:
                    problem = Reason("model_misplaced", {"model": record.id, "folder": str(folder)})
            except ModelError as error:
                problem = error.reason
            found.append(Listed(folder.name, bundled, folder.name == chosen, record, problem))
    return tuple(found)


def _folders(root: Path) -> list[Path]:
    try:
        return sorted(p for p in root.iterdir() if p.is_dir())
    except OSError:  # there is none yet, or nobody may look into it
        return []


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
    session = open_graph(checked.graphs[GRAPH_FILE], checked.theta)
    return Model(checked.record, session, folder.parent == bundled_folder())


def verified(model: str) -> Verified:
    """The checked content of a model, for training it further. "" = the active one. Raises ModelError."""
    return verify(folder_of(model or active()))


def active() -> str:
    """The id of the model in use: the last one activated that is still there, else the default one."""
    return next(reversed(_history()), DEFAULT)


def earlier() -> str | None:
    """The id of the model that `revert` would go back to; None while the default one is in use and none was before."""
    history = _history()
    return (history[-2] if len(history) > 1 else DEFAULT) if history and history != [DEFAULT] else None


def activate(model: str, worse_too: bool = False) -> str:
    """Use a model from now on and return its id.

    A model that fine-tuning did not make better on held-out days is refused unless told. Raises ModelError.
    """
    record = verified(model).record
    if folder_of(record.id).resolve() != folder_of(model).resolve():
        raise ModelError(Reason("model_misplaced", {"model": record.id, "folder": str(folder_of(model))}))
    if record.worse and not worse_too:
        before, after = numbers_apart(*(record.metrics.get(f"held_out_{w}", math.nan) for w in ("before", "after")))
        raise ModelError(Reason("model_worse", {"model": model, "before": before, "after": after}))
    _remember([*(past for past in _history() if past != record.id), record.id])
    return record.id


def revert() -> str:
    """Go back to the model that was in use before the present one, and return its id."""
    _remember(_history()[:-1])
    return active()


def add(folder: Path) -> str:
    """Take a model's folder into the registry and return its id. Raises ModelError, OutputError."""
    checked = verify(folder)
    record = checked.record
    if (bundled_folder() / record.id).is_dir():
        raise ModelError(Reason("model_name_taken", {"model": record.id}))
    root = own_folder()
    target = root / record.id
    if _other_weights(target, record):
        raise ModelError(Reason("model_name_taken_own", {"model": record.id}))
    files = {**checked.graphs, WEIGHTS_FILE: checked.theta.astype("<f4").tobytes()}
    text = json.dumps(record.to_json(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    with in_own_folder(root):
        make_folder(root)
        part = Path(tempfile.mkdtemp(dir=root, prefix=".part-"))
        try:
            for name, content in {**files, RECORD_FILE: text.encode()}.items():
                (part / name).write_bytes(content)
            part.chmod(0o755)
            if target.is_dir():
                shutil.rmtree(target)
            part.rename(target)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return record.id


def _other_weights(folder: Path, record: ModelRecord) -> bool:
    """Whether another model lies there already; one that cannot be read counts for none."""
    try:
        return read_record(folder).files[WEIGHTS_FILE] != record.files[WEIGHTS_FILE]
    except ModelError:
        return False


def delete(model: str) -> None:
    """Remove one of the user's own models. Raises ModelError for a bundled or unknown one, OutputError."""
    folder = own_folder() / model
    if not ID.fullmatch(model) or not folder.is_dir():
        raise ModelError(Reason("model_not_own", {"model": model}))
    with in_own_folder(own_folder()):
        shutil.rmtree(folder)
    _remember([past for past in _history() if past != model])


def export(model: str, file: Path) -> None:
    """Write a model into one file that `import_file` takes elsewhere. Raises ModelError, OutputError."""
    folder = folder_of(model)
    verify(folder)
    with whole_file(file) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (RECORD_FILE, *read_record(folder).files):
            archive.write(folder / name, name)


def import_file(file: Path) -> str:
    """Take a model file written by `export` into the registry and return its id. Raises ModelError, OutputError."""
    foreign = ModelError(Reason("model_file_foreign", {"file": str(file)}))
    try:
        if not file.is_file():
            raise foreign
        if file.stat().st_size > LARGEST_FILE:
            raise ModelError(Reason("model_too_large", {"file": file.name, "folder": str(file.parent)}))
        with zipfile.ZipFile(file) as archive, tempfile.TemporaryDirectory(prefix="cellwarden-") as part:
            _unpack(archive, Path(part), file)
            return add(Path(part))
    except (OSError, ValueError, zipfile.BadZipFile, zlib.error, struct.error, EOFError, LookupError) as error:
        raise foreign from error
    except (NotImplementedError, RuntimeError, OverflowError, MemoryError) as error:  # a password, an odd method
        raise foreign from error


def _unpack(archive: zipfile.ZipFile, folder: Path, file: Path) -> None:
    """Write the files of a model into a folder; each is as large as its archive says, or it is refused."""
    infos = {info.filename: info for info in archive.infolist()}
    if set(infos) | NEWER_FILES != {RECORD_FILE, *FILES} or len(archive.infolist()) != len(infos):
        raise ModelError(Reason("model_file_foreign", {"file": str(file)}))
    for name, info in infos.items():
        if info.file_size > (LARGEST_WEIGHTS if name == WEIGHTS_FILE else LARGEST_GRAPH):
            raise ModelError(Reason("model_too_large", {"file": name, "folder": str(file)}))
        (folder / name).write_bytes(archive.read(info))


def _history() -> list[str]:
    """Ids of activated models that are still there, the present one last; none where nothing sensible is stored."""
    try:
        stored = json.loads((own_folder() / ACTIVE_FILE).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return []
    ids = [past for past in stored if isinstance(past, str) and ID.fullmatch(past)] if isinstance(stored, list) else []
    return [
        past for past in ids if any((root / past / RECORD_FILE).is_file() for root in (own_folder(), bundled_folder()))
    ]


def _remember(history: list[str]) -> None:
    root = own_folder()
    with in_own_folder(root):
        make_folder(root)
        with whole_file(root / ACTIVE_FILE) as part:
            part.write_text(json.dumps(history), "utf-8")
