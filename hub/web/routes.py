"""All addresses, in one table."""

from pathlib import Path
from typing import Final

from aiohttp import web

from hub.web import assets, front, pages, qr, sockets
from hub.web.api import health, imports, rejects, rosters, sessions

STATIC: Final = Path(__file__).resolve().parent / "static"


def add(app: web.Application) -> None:
    app.add_routes(
        [
            web.get("/", front.front),
            web.get("/front/state", front.front_state),
            web.get("/d/{code}", pages.display),
            web.get("/display/{code}", pages.display),
            web.get("/ws/d/{code}", sockets.display_socket, allow_head=False),
            web.get("/ws/sessions/{id}", sockets.session_socket, allow_head=False),
            web.get("/api/displays/{code}/qr.svg", qr.display_qr),
            web.get("/health", health.health),
            web.get("/status", health.status),
            web.get("/api/sessions", sessions.list_sessions),
            web.get("/api/sessions/{id}", sessions.get_session),
            web.patch("/api/sessions/{id}", sessions.change_session),
            web.get("/api/sessions/{id}/reads", sessions.list_reads),
            web.get("/api/sessions/{id}/rejects", rejects.list_rejects),
            web.post("/api/sessions/{id}/import", imports.import_files),
            web.post("/api/rosters/import", rosters.import_roster),
            web.get("/static/{name:.+}", assets.static_file),
        ]
    )
