"""The command line: what a person may ask for. Heavy imports stay inside the commands: help is quick."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

app = typer.Typer(
    help="Rehearse enterprise integrations before they go live.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

ScenarioArgument = Annotated[
    str, typer.Argument(help="A shipped scenario's name, or the path of your own TOML file.")
]
FirmOption = Annotated[
    Path | None, typer.Option("--firm", help="A firm profile (TOML); default: the embedded firm.")
]
ConsultantsOption = Annotated[
    int | None, typer.Option("--consultants", help="Head count [default: the firm's, 250].")
]
SeedOption = Annotated[int, typer.Option("--seed", help="Same seed, same bytes.")]
SloOption = Annotated[
    str | None,
    typer.Option(
        "--slo", help="Objectives to judge by: a shipped file's name, or the path of your own TOML file."
    ),
]
WorkloadOption = Annotated[
    Path | None,
    typer.Option("--workload", help="An event log: .xes, .xes.gz, or .csv with its .toml map."),
]
BeginsOption = Annotated[
    str | None, typer.Option("--from", help="Begin of the window, such as 'BD-1 14:00' [the scenario's].")
]
EndsOption = Annotated[
    str | None, typer.Option("--until", help="End of the window: later items do not count.")
]
DrainOption = Annotated[
    float, typer.Option("--drain", help="Minutes of the play that are observed after the window.")
]


@app.command()
def compare(
    scenario: ScenarioArgument,
    models: Annotated[
        str | None, typer.Option("--models", help="Comma-separated names or paths of model tables.")
    ] = None,
    firm: FirmOption = None,
    consultants: ConsultantsOption = None,
    replications: Annotated[
        str, typer.Option("--replications", help="Independent repetitions: a number, or as many as it takes.")
    ] = "auto",
    most: Annotated[
        int | None,
        typer.Option("--most", help="With auto, at most so many replications; 40 for a closer look [20]."),
    ] = None,
    seed: SeedOption = 1,
    jobs: Annotated[
        int, typer.Option("--jobs", help="Processes [default: one a core].", show_default=False)
    ] = 0,
    workload: WorkloadOption = None,
    slo: SloOption = None,
    cluster: Annotated[
        str | None,
        typer.Option("--cluster", help="Perform the runs on a Dask scheduler's workers: HOST:PORT."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the report [default: out/<scenario>].")
    ] = None,
) -> None:
    """Compare connectivity models over a scenario and write the report.

    With --slo the exit code is 1 where an objective fails, else 3 where one is inconclusive.
    Ctrl-C or SIGTERM ends it with a report of the runs that are complete, and exit code 130.
    With --cluster same bytes; on each machine, with the same code installed: dask worker HOST:PORT
    """
    from rehearsal.compare import compare
    from rehearsal.given import Request, number_or_auto

    asked = number_or_auto(replications)
    request = Request(scenario, models, firm, consultants, asked, seed, jobs, workload, out, most, slo)
    compare(request._replace(cluster=cluster))


@app.command()
def run(
    scenario: ScenarioArgument,
    model: Annotated[str, typer.Option("--model", help="Name or path of one model table.")],
    firm: FirmOption = None,
    consultants: ConsultantsOption = None,
    seed: SeedOption = 1,
    trace: Annotated[
        str, typer.Option("--trace", help="Print the life of the record with this business key.")
    ] = "",
    workload: WorkloadOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the run file [default: none is written].")
    ] = None,
) -> None:
    """Perform one run and print its timeline."""
    from rehearsal.run import Request, run

    run(Request(scenario, model, firm, consultants, seed, trace, workload, out))


scenarios_app = typer.Typer(invoke_without_command=True, help="List the shipped scenarios, or `show NAME`.")
models_app = typer.Typer(invoke_without_command=True, help="List the shipped models, or `show NAME`.")
systems_app = typer.Typer(invoke_without_command=True, help="List the mock systems, or `show NAME`.")
app.add_typer(scenarios_app, name="scenarios")
app.add_typer(models_app, name="models")
app.add_typer(systems_app, name="systems")


@scenarios_app.callback()
def list_scenarios(context: typer.Context) -> None:
    """List the shipped scenarios."""
    if context.invoked_subcommand is None:
        from rehearsal.lists import print_scenarios

        print_scenarios()


@scenarios_app.command("show")
def show_scenario(name: str, firm: FirmOption = None) -> None:
    """Show one scenario with units and sources, as a firm plays it."""
    from rehearsal.lists import show_scenario

    show_scenario(name, firm)


@models_app.callback()
def list_models(context: typer.Context) -> None:
    """List the shipped models."""
    if context.invoked_subcommand is None:
        from rehearsal.lists import print_models

        print_models()


@models_app.command("show")
def show_model(name: str) -> None:
    """Show one model: workflow to pattern, and what each leg does."""
    from rehearsal.lists import show_model

    show_model(name)


@systems_app.callback()
def list_systems(context: typer.Context) -> None:
    """List the mock systems."""
    if context.invoked_subcommand is None:
        from rehearsal.lists import print_systems

        print_systems()


@systems_app.command("show")
def show_system(name: str) -> None:
    """Show one system's limits, latencies and policies with units and sources."""
    from rehearsal.lists import show_system

    show_system(name)


@app.command()
def load(
    scenario: ScenarioArgument,
    model: Annotated[
        str | None,
        typer.Option(
            "--model", help="Name or path of one model table [hybrid]; with --external, of the past [api]."
        ),
    ] = None,
    begins: BeginsOption = None,
    ends: EndsOption = None,
    hours: Annotated[
        float | None, typer.Option("--hours", help="Length of the window, in place of --until.")
    ] = None,
    speed: Annotated[
        float | None,
        typer.Option("--speed", help="Seconds of the play in one of the wall [120; with --external 1]."),
    ] = None,
    drain: DrainOption = 30.0,
    firm: FirmOption = None,
    consultants: ConsultantsOption = None,
    seed: SeedOption = 1,
    workers: Annotated[int, typer.Option("--workers", help="Processes that play people.")] = 1,
    slo: SloOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for the report [default: out/<scenario>-live].")
    ] = None,
    external: Annotated[
        bool, typer.Option("--external", help="Serve no pipeline: your own integration is in the middle.")
    ] = False,
    correlation: Annotated[
        Path | None, typer.Option("--correlation", help="Where your records carry business keys (TOML).")
    ] = None,
    hooks_url: Annotated[
        str | None, typer.Option("--hooks-url", help="Base URL that hears call-outs [nobody does].")
    ] = None,
    port_base: Annotated[
        int | None, typer.Option("--port-base", help="Port of the first system [8400]; 0: any free ones.")
    ] = None,
    wait: Annotated[
        float | None, typer.Option("--wait", help="Real minutes to wait for its first call [10].")
    ] = None,
    lost_after: Annotated[
        float | None,
        typer.Option("--lost-after", help="Minutes until what is absent counts as lost [1560: a daily run]."),
    ] = None,
) -> None:
    """Rehearse a window live: systems and pipeline over HTTP, Locust for people; report and verdict.

    The exit code is 1 where an objective fails, 3 where the run or an objective is inconclusive.
    """
    from rehearsal.external import ExternalRequest
    from rehearsal.load import Request, load

    load(
        Request(
            *(scenario, model, begins, ends, hours, speed, drain),
            *(firm, consultants, seed, workers, slo, out),
            ExternalRequest(external, correlation, hooks_url, port_base, wait, lost_after),
        )
    )


@app.command()
def validate(
    scenario: ScenarioArgument,
    models: Annotated[
        str | None,
        typer.Option("--models", help="Comma-separated names or paths of model tables [hybrid,api]."),
    ] = None,
    begins: BeginsOption = None,
    ends: EndsOption = None,
    speed: Annotated[
        float, typer.Option("--speed", help="Seconds of the play in one of the wall, at most 120.")
    ] = 120.0,
    drain: DrainOption = 30.0,
    live_runs: Annotated[
        int, typer.Option("--live-runs", help="Live runs of a model where one run tells nothing.")
    ] = 3,
    twins: Annotated[int, typer.Option("--twins", help="Virtual runs beside them.")] = 20,
    trials: Annotated[
        int, typer.Option("--trials", help="Virtual validations that tell the gates' power; 0 = none.")
    ] = 20,
    firm: FirmOption = None,
    consultants: ConsultantsOption = None,
    seed: SeedOption = 1,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for the page [default: out/<scenario>-validation]."),
    ] = None,
) -> None:
    """Play windows live and in virtual time, and judge the simulation by what was measured.

    Three regimes: below the knee, at a limit, outage and drain. The exit code is 1 where a gate fails, 3
    where too little was played to judge.
    """
    from rehearsal.validate import Request, validate

    validate(
        Request(
            *(scenario, models, begins, ends, speed, drain, live_runs, twins, trials),
            *(firm, consultants, seed, out),
        )
    )


@app.command()
def serve(
    systems: Annotated[
        str | None, typer.Option("--systems", help="Comma-separated names [default: all].")
    ] = None,
    port_base: Annotated[int, typer.Option("--port-base", help="Port of the first system.")] = 8400,
) -> None:
    """Serve the mock systems over HTTP on loopback."""
    from rehearsal.serve import serve

    serve(systems, port_base)


@app.command()
def report(
    folders: Annotated[
        list[Path], typer.Argument(help="The folder of an earlier result, or of two: before and after.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Folder for the report [default: in place; of two, out/<scenario>-change; with --combine,"
            " out/<scenario>-combined].",
        ),
    ] = None,
    slo: SloOption = None,
    combine: Annotated[
        bool,
        typer.Option("--combine", help="Make one report of several results of the same people and luck."),
    ] = False,
) -> None:
    """Rebuild a report from its run files; of two results tell what changed; --slo judges one anew."""
    from rehearsal.report import Request, report

    report(Request(folders, out, slo, combine))


@app.command()
def bench(
    consultants: Annotated[
        str, typer.Option("--consultants", help="Head counts, comma-separated.")
    ] = "250,1000",
    seed: SeedOption = 1,
    models: Annotated[
        str | None, typer.Option("--models", help="Comma-separated [default: those of `compare`].")
    ] = None,
) -> None:
    """Measure CPU seconds and memory of a run, each model alone in a process, and print them."""
    from rehearsal.bench import bench

    bench(consultants, seed, models)


@app.command()
def knee(
    scenario: ScenarioArgument,
    model: Annotated[str, typer.Option("--model", help="Name or path of one model table.")],
    slo: Annotated[str, typer.Option("--slo", help="Service levels: a shipped name, or a TOML file.")],
    firm: FirmOption = None,
    first: Annotated[int, typer.Option("--first", help="The head count to begin with.")] = 50,
    most: Annotated[int, typer.Option("--most", help="The largest head count tried.")] = 2000,
    replications: Annotated[int, typer.Option("--replications", help="Runs at each head count.")] = 3,
    seed: SeedOption = 1,
    jobs: Annotated[
        int, typer.Option("--jobs", help="Processes [default: one a core].", show_default=False)
    ] = 0,
) -> None:
    """Find the head count at which a model breaks its service levels, in virtual time, and what breaks."""
    from rehearsal.knee import Request, knee

    knee(Request(scenario, model, slo, firm, first, most, replications, seed, jobs))


@app.command()
def fuzz(
    seeds: Annotated[int, typer.Option("--seeds", help="Worlds, one a seed.")] = 100,
    start: Annotated[int, typer.Option("--start", help="The first seed.")] = 1,
    jobs: Annotated[
        int, typer.Option("--jobs", help="Processes [default: one a core].", show_default=False)
    ] = 0,
    minutes: Annotated[float, typer.Option("--minutes", help="Begin no more after this; 0 = no end.")] = 0.0,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for failing worlds [default: out/fuzz].")
    ] = None,
) -> None:
    """Run random whole worlds and require that each ends clean; shrink and write those that do not.

    Exit code 1 where something was found. Ctrl-C keeps what was found.
    """
    from rehearsal.fuzz import Request, fuzz

    fuzz(Request(seeds, start, jobs, minutes, out))


def main() -> None:
    """The entry point: bad input is one clear line and exit code 2; Ctrl-C or SIGTERM is exit code 130."""
    from kernel.errors import InputError
    from rehearsal import interrupted

    try:
        with interrupted.termination_as_interrupt():
            code = app(sys.argv[1:] or ["--help"], prog_name="rehearse", standalone_mode=False)
    except InputError as error:
        _refuse(str(error))
    except typer.TyperException as error:
        _refuse(_usage(error))
    if code == interrupted.CODE:
        print("Interrupted.", file=sys.stderr)
    raise SystemExit(code or 0)


def _refuse(why: str) -> NoReturn:
    print(f"rehearse: {why}", file=sys.stderr)
    raise SystemExit(2)


def _usage(error: typer.TyperException) -> str:
    """What was typed wrong, on one line, and where it is told how to type it."""
    what = " ".join(error.format_message().split()).rstrip(".")
    context: typer.Context | None = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "rehearse"
    return f"{what[:1].lower()}{what[1:]}{'' if what.endswith('?') else ';'} see {command} --help"
