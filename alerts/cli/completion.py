"""`bayan completion`: the shell completes verbs and options at the Tab key."""

from __future__ import annotations

from typing import Annotated

import typer

SHELLS = ("bash", "zsh", "fish")


def teach() -> None:
    """Let the command line answer a shell that asks what could come next (it asks through `_BAYAN_COMPLETE`)."""
    from typer.completion import completion_init  # type: ignore[attr-defined]  # typer lists no names

    completion_init()


def completion(
    shell: Annotated[str, typer.Argument(help="bash, zsh or fish.")],
) -> None:
    """Print the script that makes a shell complete bayan's verbs and options.

    \b
    bayan completion bash > ~/.local/share/bash-completion/completions/bayan
    bayan completion zsh > ~/.zfunc/_bayan     with `fpath+=~/.zfunc` before compinit in ~/.zshrc
    bayan completion fish > ~/.config/fish/completions/bayan.fish
    """
    from typer.completion import get_completion_script  # type: ignore[attr-defined]  # typer documents it, and lists no names

    if shell not in SHELLS:
        raise typer.BadParameter(f"one of {', '.join(SHELLS)}", param_hint="SHELL")
    typer.echo(get_completion_script(prog_name="bayan", complete_var="_BAYAN_COMPLETE", shell=shell))
