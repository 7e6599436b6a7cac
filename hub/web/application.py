"""The web application, put together. Knows aiohttp; what it serves is handed in."""

import asyncio
import logging
import time
import warnings
from collections import Counter
from pathlib import Path
from typing import Final

import aiohttp_jinja2
import jinja2
from aiohttp import BadContentDispositionHeader, BadContentDispositionParam, web
from aiohttp.log import ws_logger
from aiohttp_session import session_middleware
from aiohttp_session.log import log as session_logger

from hub.config_live import Current
from hub.hub import Hub
from hub.image_files import FOLDER
from hub.jobs import Jobs
from hub.old_uploads import Uploads
from hub.passwords import Hashes
from hub.refused import RefusedReaders
from hub.tokens import new_link
from hub.web import (
    announcers,
    assets,
    bodies,
    codes,
    cors,
    frames,
    looks,
    middlewares,
    people,
    proxies,
    qr,
    roster_files,
    routes,
    seldom,
    services,
    sockets,
    state,
    stream,
)
from hub.web.api import extremes, old_images
from hub.web.api.jobs import JOBS
from hub.web.api.reads_export import EXPORTS_MAX, SENDING
from hub.web.expiring import EXPIRING, Expiring
from hub.web.hashing import HASHING, Hashing
from hub.web.live import Live
from hub.web.old_feed import FEEDS, Feeds
from hub.web.old_place import CHOICES, Choices
from hub.web.pauses import PAUSES, Pauses
from hub.web.proof import PROOF, PROOFS, Proof, ProofStore
from hub.web.screens import FLEET, Fleet
from hub.web.sign_ins import SIGN_INS, SignIns
from hub.web.watch import WATCH, Watch
from hub.web.web_sessions import STORAGE, Storage

SLASHES: Final = web.normalize_path_middleware(append_slash=False, remove_slash=True)
"""An address with a slash too many, as people type it, leads to the one without."""
TEMPLATES: Final = Path(__file__).parent / "templates"


def build(
    settings: Current,
    *,
    condition: state.Condition,
    hub: Hub,
    live: Live,
    queries: state.Queries,
    people: state.People,
    users: state.Users,
    partners: state.Partners,
    displays: state.Displays,
    screens: state.ScreenStore,
    proofs: ProofStore,
    source_log: state.SourceLog,
    kept: state.Kept,
    changes: state.Changes,
    jobs: Jobs,
    files: roster_files.RosterFiles,
    refused: RefusedReaders,
    standing: state.Standing,
    token: str,
    storage: Storage,
    hashes: Hashes,
    choices: Choices,
) -> web.Application:
    chain = [
        proxies.behind_proxies,
        cors.others,
        middlewares.errors,
        session_middleware(storage),
        middlewares.ready,
        SLASHES,
    ]
    app = web.Application(middlewares=chain, client_max_size=bodies.JSON_BYTES_MAX)
    app[state.SETTINGS] = settings
    app[state.CONDITION] = condition
    app[state.HUB] = hub
    app[state.LIVE] = live
    app[state.QUERIES] = queries
    app[state.PEOPLE] = people
    app[state.USERS] = users
    app[state.PARTNERS] = partners
    app[state.DISPLAYS] = displays
    app[state.SOURCE_LOG] = source_log
    app[state.KEPT] = kept
    app[state.IMAGE_FOLDER] = settings.now.data_path / FOLDER
    app[state.REFUSED] = refused
    app[state.STANDING] = standing
    app[state.TOKEN] = token
    app[state.FIRST] = new_link()
    app[STORAGE] = storage
    app[HASHING] = Hashing(hashes)
    app[CHOICES] = choices
    _add_screens(app, screens, proofs)
    app[WATCH] = Watch((("the data", settings.now.data_path), ("the journal", settings.now.journal_path)))
    _add_changes(app, changes)
    app[JOBS] = jobs
    app[roster_files.ROSTER_FILES] = files
    _add_own(app)
    app.on_response_prepare.append(middlewares.add_headers)
    app.on_response_prepare.append(cors.add_headers)
    aiohttp_jinja2.setup(app, loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True)
    app.on_cleanup.append(_close)
    routes.add(app)
    _hush()
    return app


def _add_screens(app: web.Application, screens: state.ScreenStore, proofs: ProofStore) -> None:
    live, now_us = app[state.LIVE], app[state.CONDITION].now_us
    app[FLEET] = Fleet(screens, now_us)
    app[EXPIRING] = Expiring(app[state.HUB], live, now_us)
    app[PROOFS] = proofs
    app[PROOF] = Proof(proofs, live.timing.latencies, now_us)


def _add_changes(app: web.Application, changes: state.Changes) -> None:
    """What changes sessions and all that belongs to them, part by part."""
    app[state.IMPORTS] = changes.feeder
    app[state.SESSIONS] = changes.lifecycle
    app[state.MOVES] = changes.moving
    app[state.REMOVAL] = changes.removing
    app[state.EVENTS] = changes.events
    app[state.RETIMING] = changes.retiming
    app[state.STREAMS] = changes.streams
    app[state.IMAGES] = changes.images
    app[state.LOCATIONS] = changes.locations
    app[state.MESSAGES] = changes.messages
    app[state.PARTNER_WORDS] = changes.partner_words
    app[looks.TEMPLATES] = changes.templates
    app[announcers.ANNOUNCING] = changes.announcing
    app[people.ROSTERS] = changes.rosters
    app[people.PARTICIPANTS] = changes.participants
    app[services.ACCOUNTS] = changes.accounts
    app[services.LINKS] = changes.links
    app[state.CHANGING] = changes.changing


def _add_own(app: web.Application) -> None:
    """What the web keeps for itself: who does what how often, and its files."""
    app[SENDING] = asyncio.Semaphore(EXPORTS_MAX)
    app[SIGN_INS] = SignIns(time.monotonic, time.time)
    app[PAUSES] = Pauses(time.monotonic)
    app[sockets.SCREENS] = sockets.Screens()
    app[seldom.SELDOM] = seldom.Seldom(time.monotonic)
    app[codes.TRIES] = codes.Tries(time.monotonic)
    app[qr.PICTURES] = qr.Pictures()
    app[extremes.FOUND] = extremes.Found()
    app[assets.ASSETS] = assets.Assets(routes.STATIC)
    app[frames.FRAME] = frames.frame(app[assets.ASSETS])
    app[stream.STREAMS] = Counter()
    app[FEEDS] = Feeds(app[state.CONDITION].now_us)
    app[old_images.UPLOADS] = Uploads(app[state.IMAGE_FOLDER])


async def _close(app: web.Application) -> None:
    app[HASHING].close()


def _hush() -> None:
    """aiohttp says some things aloud, with all that was sent, as often as somebody sends it."""
    for each in (BadContentDispositionHeader, BadContentDispositionParam):
        warnings.simplefilter("error", each)  # bodies.py has an answer for them
    warnings.filterwarnings("ignore", category=web.NotAppKeyWarning, module="aiohttp_session")
    ws_logger.setLevel(logging.ERROR)  # of subprotocols, of which the hub has none
    session_logger.setLevel(logging.ERROR)  # of each cookie that is none of ours
