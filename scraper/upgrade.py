"""Brings the schema of a store up to date: one transaction, so that a cut in the middle leaves the old store or the new one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.engine import Engine

from scraper.errors import StoreError

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0007"
"""The schema version that this program writes: the newest file of `scraper/migrations/versions`."""

WRITING = {"bayan_writing": True}
"""Execution options of a connection whose transactions write, though they are not the writer thread's."""

SCRIPTS = Path(__file__).parent / "migrations"


def version_of(engine: Engine) -> str | None:
    """The schema version in the store; None for an empty one. Raises StoreError for a database that is not ours."""
    with engine.connect() as conn:
        tables = {row[0] for row in conn.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))}
        if "alembic_version" in tables:
            found = conn.execute(text("SELECT version_num FROM alembic_version")).scalar()
            return str(found) if found else None
        if tables:
            raise StoreError("this database belongs to another program: it has tables, but not ours; check storage.url")
        return None


def refuse_newer(version: str, scripts: Path = SCRIPTS) -> None:
    """Raises StoreError for a version that none of our migrations made."""
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(_config(scripts)).walk_revisions()}
    if version not in known:
        raise StoreError(
            f"the database is of a newer version ({version}) than this program ({HEAD}): "
            "install the newer bayan, or restore the copy made before its upgrade"
        )


def upgrade(engine: Engine, scripts: Path = SCRIPTS) -> None:
    """Bring the schema to the newest of `scripts` in one transaction, Alembic's own version row inside it.

    The transaction begins as a writer: one that has read first fails at once where another program wrote meanwhile.
    """
    from alembic import command

    config = _config(scripts)
    with engine.connect().execution_options(**WRITING) as conn, conn.begin():
        config.attributes["connection"] = conn
        command.upgrade(config, "head")


def _config(scripts: Path) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    return config
