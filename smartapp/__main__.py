"""The command line: check, policies, serve, demo, seed, audit. Each command loads only what it needs."""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import click

from smartapp import config
from smartapp.config import Config
from smartapp.errors import BadInput, BadPolicy, SmartappError, place_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the commands get from outside."""

    environ: Mapping[str, str]
    now: Callable[[], datetime]

    @property
    def settings(self) -> Config:
        """The settings of the environ."""
        return config.read(self.environ)


_test_server = click.option(
    "--test-server", is_flag=True, help="Say that the server holds no real patients, and may be written to."
)


@click.group(help="Does this order meet the published medical policy on this record, and what is missing?")
@click.version_option(package_name="smartapp")
def cli() -> None:
    """The commands below."""


@cli.command()
@click.argument("bundle", required=False)
@click.option("--order", metavar="TYPE/ID", help="The order to answer for, when there are several.")
@click.option("--as-of", metavar="YYYY-MM-DD", help="The day of the question; default: today.")
@click.option("--policy", metavar="NAME", help="The policy to ask; default: the one that covers the order.")
@click.option("--format", "layout", type=click.Choice(["text", "json"]), default="text")
@click.option("--fhir", metavar="URL", help="Read the record from an open FHIR server instead of a file.")
@click.option("--patient", metavar="ID", help="The patient on that server.")
@click.pass_obj
def check(around: Surroundings, /, **options: str | None) -> None:
    """Answer for one patient's record in BUNDLE, a file with a FHIR Bundle; - reads standard input."""
    from smartapp import checks  # noqa: PLC0415
    from smartapp.sources import given  # noqa: PLC0415

    settings = around.settings
    now = _noon(options["as_of"]) if options["as_of"] else around.now()
    read, origin = given.record(
        options["bundle"], fhir=options["fhir"], patient=options["patient"], settings=settings
    )
    catalog = _catalog(settings)
    determination = checks.determine(
        read, catalog=catalog, policy=options["policy"], order=options["order"], origin=origin, now=now
    )
    click.echo(checks.written(determination, layout=str(options["layout"])), nl=False)


@cli.command()
@click.pass_obj
def policies(around: Surroundings) -> None:
    """List the policies that can be asked."""
    for policy in _catalog(around.settings).policies:
        click.echo(f"{policy.name}  {policy.id}  version {policy.version}, effective {policy.effective}")
        click.echo(f"    {policy.title} ({policy.payer})")
        click.echo(f"    {policy.source}")


@cli.command()
@click.option("--host", help="The address to listen on; default: 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port to listen on; default: 8000.")
@click.option(
    "--callers",
    type=click.Choice(["known", "anyone"]),
    help="Who may call: clients who prove who they are, or, for tries, anyone; default: known.",
)
@click.pass_obj
def serve(around: Surroundings, host: str | None, port: int | None, callers: str | None) -> None:
    """Run the CDS Hooks service until it is stopped."""
    from smartapp.server import serve as run  # noqa: PLC0415

    settings = around.settings
    who = callers or settings.callers or "known"
    run(
        replace(
            settings, host=host or settings.host, port=settings.port if port is None else port, callers=who
        )
    )


@cli.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, help="The port of the app.")
@click.option("--ehr-port", type=click.IntRange(0, 65535), default=8001, help="The port of the practice EHR.")
@click.option("--once", is_flag=True, help="Only print the answers to three orders, and stop.")
@click.option(
    "--fhir", metavar="URL", help="A FHIR R4 test server to keep the records on, instead of in memory."
)
@_test_server
@click.pass_obj
def demo(
    around: Surroundings, *, port: int, ehr_port: int, once: bool, fhir: str | None, test_server: bool
) -> None:
    """Start the app and a practice EHR with invented patients, and say where to look."""
    from smartapp import demo  # noqa: PLC0415

    # on this machine only, for whoever tries it there, and nothing is kept
    who = around.settings.callers or "anyone"
    port, ehr_port = (0, 0) if once else (port, ehr_port)  # another demo may be running
    settings = replace(
        around.settings, host="127.0.0.1", port=port, base_url="", database_url="sqlite://", callers=who
    )
    if fhir:
        _refuse_real(fhir, settings, test_server)
    with _interruptible(), demo.standing(settings, ehr_port=ehr_port, fhir=fhir) as stand:
        for line in demo.run(stand.app) if once else demo.welcome(stand):
            click.echo(line)
        while not once:
            time.sleep(3600)


@cli.command()
@click.option("--fhir", metavar="URL", required=True, help="The FHIR R4 server.")
@click.option("--delete", is_flag=True, help="Remove the patients, with all that was written on them since.")
@_test_server
@click.pass_obj
def seed(around: Surroundings, *, fhir: str, delete: bool, test_server: bool) -> None:
    """Load the invented practice patients into a FHIR test server; loading them again changes nothing."""
    from smartapp.sandbox import seeding  # noqa: PLC0415
    from smartapp.sources import given, seed  # noqa: PLC0415

    _refuse_real(fhir, around.settings, test_server)
    server, today = given.server(fhir, around.settings), around.now().date()
    told = {}
    with click.progressbar(seeding.transactions(today).items(), label="Patients", file=sys.stderr) as bar:
        for name, transaction in bar:
            patient = f"Patient/{name}"
            if delete:
                told[name] = f"{seed.remove(server, patient)} resources removed"
            else:
                told[name] = seed.load(server, transaction)[patient]
    if delete:
        seed.remove_shared(server, seeding.shared(today))
    for name, what in told.items():
        click.echo(f"{name}  {what}")


@cli.command()
@click.option("--since", metavar="YYYY-MM-DD", help="Only what was noted from this day on.")
@click.pass_obj
def audit(around: Surroundings, since: str | None) -> None:
    """Print the audit trail as FHIR AuditEvents, one a line; session_keys open what names patients."""
    import orjson  # noqa: PLC0415

    from smartapp.reviews import export  # noqa: PLC0415
    from smartapp.store import Store  # noqa: PLC0415

    settings = around.settings
    day = _noon(since, "--since").replace(hour=0) if since else None
    store = Store(settings.database_url, settings.session_keys)
    for event in export.events(store, service=settings.url, since=day):
        click.echo(orjson.dumps(event).decode())
    if not settings.session_keys:
        click.echo("smartapp: without session_keys what names patients cannot be opened.", err=True)


def main(arguments: list[str] | None = None, *, around: Surroundings | None = None) -> int:
    """The exit code: 0 done, 2 with one line on standard error for unusable input, 1 for a fault of ours."""
    around = around or Surroundings(environ=os.environ, now=lambda: datetime.now().astimezone())
    try:
        return cli.main(arguments, prog_name="smartapp", standalone_mode=False, obj=around) or 0
    except click.exceptions.NoArgsIsHelpError as help_:
        click.echo(help_.format_message(), err=True)
        return 2
    except click.ClickException as error:
        return _told(error.format_message(), 2)
    except click.Abort:
        return 130
    except BadPolicy as error:
        return _told(str(error), 1)
    except SmartappError as error:
        return _told(str(error), 2)
    except Exception as error:  # noqa: BLE001 - a fault of ours is told in a line; its text may quote the patient
        return _told(f"Something went wrong ({type(error).__name__} at {place_of(error)}).", 1)


def _told(text: str, code: int) -> int:
    click.echo(f"smartapp: {' '.join(text.split())}", err=True)
    return code


def _noon(day: str, option: str = "--as-of") -> datetime:
    try:
        return datetime.strptime(day, "%Y-%m-%d").replace(hour=12, tzinfo=UTC)
    except ValueError as error:
        raise BadInput(f"{option} must be a day such as 2026-06-01, not {day!r}.") from error


def _refuse_real(base: str, settings: Config, test_server: bool) -> None:  # noqa: FBT001 - as it was given
    """BadInput unless a server was said to be a test server, or the file of EHRs says that it is an open one."""
    from smartapp.ehrs.file import load  # noqa: PLC0415

    ehr = load(settings.ehrs, secrets=settings.secrets).find(base) if settings.ehrs else None
    if not (test_server or (ehr is not None and ehr.open)):
        raise BadInput("The server is not known as a test server; say --test-server if it is one.")


def _catalog(settings: Config) -> Any:
    from smartapp.policies import load_catalog  # noqa: PLC0415

    return load_catalog(*settings.policy_folders)


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Until Ctrl-C or a polite kill, after which everything is still put away."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


if __name__ == "__main__":
    sys.exit(main())
