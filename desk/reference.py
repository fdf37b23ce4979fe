"""The reference of all commands as Markdown, made of their own help: `python -m desk.reference > docs/commands.md`."""

import click

from desk.cli.group import sourcekeep

_INTRO = """# Commands

Made from the program's own help by `python -m desk.reference > docs/commands.md`; a test holds it so.

Options that every command takes, before or after its name: `--data`, `--database`, `--config`, `--connect-to`,
`--json`, `--debug`. Exit codes: 0 done, 1 done and there is something to tell, 2 wrong call or input, 3 the world
failed (network, disk, database), 75 another run holds the data folder, 130 interrupted (running it again goes on).
"""


def reference() -> str:
    """The whole page: each command's help under a heading of its own, groups before their commands."""
    context = click.Context(sourcekeep, info_name="sourcekeep", terminal_width=100, **sourcekeep.context_settings)
    parts = [_INTRO, *_sections(sourcekeep, context, 2)]
    return "\n".join(parts).rstrip() + "\n"


def _sections(group: click.Group, above: click.Context, depth: int) -> list[str]:
    parts = []
    for name in group.list_commands(above):
        command = group.get_command(above, name)
        assert command is not None, "a group lists only what it has"
        context = click.Context(command, info_name=name, parent=above)
        parts.append(f"{'#' * depth} {context.command_path}\n\n```\n{command.get_help(context)}\n```\n")
        if isinstance(command, click.Group):
            parts += _sections(command, context, depth + 1)
    return parts


if __name__ == "__main__":
    print(reference(), end="")
