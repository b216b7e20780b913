"""`coach settings`: what is in force, and where each value came from."""

from __future__ import annotations


def settings() -> None:
    """Show the settings in force and where each came from.

    Secrets are hidden. Settings are read from the environment, then from a file named .env in the current folder.
    """
    from rich.table import Table
    from rich.text import Text

    from coach.cli.terminal import output
    from coach.rendering.safe import one_line
    from coach.settings import load_settings, provider_keys, settings_in_force, unknown_variables

    console = output()
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Setting", no_wrap=True)
    table.add_column("Value", overflow="fold")
    table.add_column("From", no_wrap=True)
    for setting in settings_in_force(load_settings()):
        table.add_row(setting.variable, one_line(setting.value), setting.origin)
    for name, origin in provider_keys().items():
        table.add_row(name, "set" if origin else "not set", origin or "")
    console.print(table)
    for name in unknown_variables():
        console.print(Text(f"! {name} is set, but there is no such setting."))
