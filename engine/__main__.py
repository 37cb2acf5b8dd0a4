"""The command line: `cellwarden-cli`, the same engine without a window.

Exit codes: 0 done, 1 internal error, 2 bad usage or input (one clear line, nothing written over), 130 cancelled,
143 and 129 ended by the system (SIGTERM, SIGHUP).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from engine.command_line import ending, load_options
from engine.command_line.terminal import ProgressLine, show_anything
from engine.continuation.watched_folder import EVERY_S
from engine.errors import AppError
from engine.monitor import Cancelled, Monitor
from engine.settings import PRESETS, VOTES
from engine.text import tell

DONE, INTERNAL, BAD_INPUT = 0, 1, 2


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line; the usage is one `--help` away."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_INPUT, f"{self.prog}: {message} ({tell('cli_try_help', program=self.prog)})\n")


def parser() -> argparse.ArgumentParser:
    """The grammar of the command line."""
    top = _Parser(prog="cellwarden-cli", description=tell("cli_description"))
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)

    _analysis(commands.add_parser("analyse", help=tell("cli_analyse")), watched=False)

    watch = commands.add_parser("watch", help=tell("cli_watch"))
    _analysis(watch, watched=True)
    watch.add_argument("--every", type=float, default=EVERY_S, metavar="SECONDS", help=tell("cli_every"))
    watch.add_argument("--once", action="store_true", help=tell("cli_once"))

    inspect = commands.add_parser("inspect", help=tell("cli_inspect"))
    load_options.add_arguments(inspect)
    inspect.add_argument("--json", action="store_true", help=tell("cli_json"))

    evaluate = commands.add_parser("evaluate", help=tell("cli_evaluate"))
    evaluate.add_argument("scores", type=Path, metavar="SCORES", help=tell("cli_scores_file"))
    evaluate.add_argument("--labels", type=Path, required=True, metavar="FILE", help=tell("cli_labels_truth"))
    evaluate.add_argument("--json", action="store_true", help=tell("cli_json"))

    finetune = commands.add_parser("finetune", help=tell("cli_finetune"))
    load_options.add_arguments(finetune)
    finetune.add_argument("--model", required=True, metavar="ID", help=tell("cli_model"))
    finetune.add_argument("--out", type=Path, required=True, metavar="DIR", help=tell("cli_out"))
    finetune.add_argument("--epochs", type=int, default=20, metavar="N", help=tell("cli_epochs"))
    finetune.add_argument("--train", choices=("all", "last", "head"), default="all", help=tell("cli_train"))
    finetune.add_argument("--cells", type=Path, metavar="FILE", help=tell("cli_cells"))
    _days(finetune)
    finetune.add_argument("--gaps", nargs="+", metavar="KPI=POLICY", help=tell("cli_gaps"))
    finetune.add_argument("--early", type=int, default=5, metavar="N", help=tell("cli_early"))
    finetune.add_argument("--labels", type=Path, metavar="FILE", help=tell("cli_labels_finetune"))
    finetune.add_argument("--seed", type=int, default=1, metavar="N", help=tell("cli_seed"))

    rows = commands.add_parser("rows", help=tell("cli_rows_command"))
    load_options.add_arguments(rows)
    rows.add_argument("--out", type=Path, required=True, metavar="DIR", help=tell("cli_out"))
    rows.add_argument("--seed", type=int, default=1, metavar="N", help=tell("cli_seed"))

    _models(commands.add_parser("models", help=tell("cli_models")))

    simulate = commands.add_parser("simulate", help=tell("cli_simulate"))
    simulate.add_argument("--out", type=Path, required=True, metavar="DIR", help=tell("cli_out"))
    simulate.add_argument("--cells", type=int, required=True, metavar="N", help=tell("cli_simulate_cells"))
    simulate.add_argument("--days", type=int, required=True, metavar="N", help=tell("cli_simulate_days"))
    simulate.add_argument("--period", choices=("15min", "1h"), default="1h", help=tell("cli_period"))
    simulate.add_argument("--country", metavar="CC", default="IR", help=tell("cli_country"))
    simulate.add_argument("--seed", type=int, metavar="N", default=1, help=tell("cli_seed"))
    return top


def _analysis(command: argparse.ArgumentParser, *, watched: bool) -> None:
    """What `analyse` and `watch` are told alike; the files of a watched folder go into a project."""
    load_options.add_arguments(command, folder=watched)
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help=tell("cli_out"))
    command.add_argument("--preset", default="balanced", choices=tuple(PRESETS), help=tell("cli_preset"))
    command.add_argument("--detectors", metavar="a,b,c", help=tell("cli_detectors"))
    command.add_argument("--vote", metavar="|".join((*VOTES, "N")), help=tell("cli_vote"))
    command.add_argument("--budget", type=float, metavar="ALARMS_PER_CELL_WEEK", help=tell("cli_budget"))
    _days(command)
    command.add_argument("--cells", type=Path, metavar="FILE", help=tell("cli_cells"))
    command.add_argument("--roll-up", metavar="FIELD[+FIELD]", help=tell("cli_roll_up"))
    command.add_argument("--labels", type=Path, metavar="FILE", help=tell("cli_labels"))
    command.add_argument("--rules", type=Path, metavar="FILE", help=tell("cli_rules"))
    command.add_argument("--model", metavar="ID", help=tell("cli_model"))
    command.add_argument("--project", type=Path, metavar="FILE", required=watched, help=tell("cli_project"))
    command.add_argument("--refit", action="store_true", help=tell("cli_refit"))
    command.add_argument("--gaps", nargs="+", metavar="KPI=POLICY", help=tell("cli_gaps"))
    command.add_argument("--jobs", type=int, metavar="N", help=tell("cli_jobs"))
    command.add_argument("--scheduler", metavar="ADDRESS", help=tell("cli_scheduler"))
    command.add_argument("--seed", type=int, metavar="N", help=tell("cli_seed"))
    command.add_argument("--scores", action="store_true", help=tell("cli_scores"))
    command.add_argument("--also", metavar="a,b,c", help=tell("cli_also"))
    command.add_argument("--bom", action="store_true", help=tell("cli_bom"))
    command.add_argument("--since", metavar="TIME", help=tell("cli_since"))


def _days(command: argparse.ArgumentParser) -> None:
    """What days are like."""
    command.add_argument("--country", metavar="CC", help=tell("cli_country"))
    command.add_argument("--weekend", metavar="DAYS", help=tell("cli_weekend"))
    command.add_argument("--calendar", type=Path, metavar="FILE", help=tell("cli_calendar"))


def _models(models: argparse.ArgumentParser) -> None:
    one = models.add_mutually_exclusive_group()
    one.add_argument("--activate", metavar="ID", help=tell("cli_models_activate"))
    one.add_argument("--revert", action="store_true", help=tell("cli_models_revert"))
    one.add_argument("--delete", metavar="ID", help=tell("cli_models_delete"))
    one.add_argument("--export", nargs=2, metavar=("ID", "FILE"), help=tell("cli_models_export"))
    one.add_argument("--import", type=Path, metavar="FILE", dest="import_file", help=tell("cli_models_import"))
    models.add_argument("--worse-too", action="store_true", help=tell("cli_models_worse_too"))


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        show_anything(stream)
    arguments = parser().parse_args(argv)
    progress = ProgressLine()
    monitor = Monitor(progress)
    asked = ending.Asked(monitor.cancel)
    try:
        with asked, ending.telling_output():
            from engine.command_line.commands import COMMANDS

            COMMANDS[arguments.command](arguments, monitor)
    except Cancelled:
        progress.clear()
        _complain(asked.sentence)
        return asked.code
    except AppError as error:
        progress.clear()
        _complain(load_options.told(error))
        return BAD_INPUT
    except MemoryError:
        progress.clear()
        _complain(tell("problem_memory"))
        return INTERNAL
    except ending.NotPrintedError as error:
        progress.clear()
        if error.gone:  # the reader has seen enough
            return DONE
        _complain(tell("not_printed", error=str(error)))
        return BAD_INPUT
    except Exception as error:  # noqa: BLE001 - the last resort: say what broke in one line, keep the trace for the log
        progress.clear()
        _complain(tell("internal_error", error=f"{type(error).__name__}: {error}", log=str(_keep_trace())))
        return INTERNAL
    finally:
        progress.clear()
        ending.let_go()
    return DONE


def _complain(sentence: str) -> None:
    with suppress(OSError):  # the terminal may be gone
        sys.stderr.write(f"cellwarden-cli: {sentence}\n")


def _keep_trace() -> Path:
    """Write the trace of the exception being handled to a file and return where it is."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="cellwarden-", suffix=".log", delete=False, encoding="utf-8"
    ) as stream:
        traceback.print_exc(file=stream)
    return Path(stream.name)


if __name__ == "__main__":
    sys.exit(main())
