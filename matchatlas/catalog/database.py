"""Read-only access to the database, and every query the pages ask: the only place with their SQL.

A `Catalog` reads one build; its queries stand in a file a subject. `open_catalog` hands out the
catalog of the live build and notices when another one was published, so that no page mixes two builds.
"""

import logging
import threading
from pathlib import Path

from etl import kept
from etl.paths import Paths
from matchatlas.catalog.names import Dimensions
from matchatlas.catalog.origins import Origins
from matchatlas.catalog.outcomes import Outcomes
from matchatlas.catalog.places import Places
from matchatlas.catalog.positions import Positions
from matchatlas.catalog.programs import Programs
from matchatlas.catalog.season import Season

DATABASE = Paths().database

log = logging.getLogger(__name__)
_lock = threading.Lock()
_open: dict[Path, tuple[tuple | None, "Catalog"]] = {}


class Catalog(Outcomes, Positions, Places, Programs, Season, Dimensions, Origins):
    """The named queries over one build."""


def open_catalog(database: Path = DATABASE) -> "Catalog":
    """The catalog of the build that is live now.

    Where that one is gone or damaged, what was served before goes on being served, or else the
    newest kept build. Raises FileNotFoundError where none opens.
    """
    paths = Paths(data=database.parent)
    version = kept.version(paths)
    with _lock:
        known = _open.get(database)
        if known is None or known[0] != version:
            known = _open[database] = (version, _catalog_of(paths, known and known[1]))
        return known[1]


def _catalog_of(paths: Paths, former: "Catalog | None") -> "Catalog":
    live = kept.live_file(paths)
    if live is None and former:
        # An open file can be read after its name is gone.
        log.warning("No build is published any more; %s goes on being served.", former.build_id)
        return former
    if found := kept.live_or_newest(paths):
        if found.file != live:
            log.warning("The published build does not open; %s is served.", found.build_id)
        return Catalog(found.file)
    if former is None:
        raise FileNotFoundError(f"no build opens in {paths.builds}")
    return former
