"""All addresses, in one table: method, path, the least role that may come there, and what answers."""

from pathlib import Path
from typing import Final, NamedTuple

from aiohttp import web

from hub.accounts import ADMIN, ANNOUNCER, OPERATOR, OWNER, VIEWER
from hub.web import assets, auth, frames, front, image_files, pages, qr, sockets, work_pages
from hub.web.api import (
    audit,
    display_control,
    display_settings,
    displays,
    events,
    exports,
    extremes,
    health,
    images,
    imports,
    jobs,
    locations,
    marks,
    messages,
    own_settings,
    participants,
    partner_words,
    partners,
    provider_accounts,
    reads_export,
    rejects,
    roster_files,
    rosters,
    runners,
    screens,
    session_changes,
    session_provider,
    sessions,
    showings,
    sources,
    streams,
    tag_desk,
    template_files,
    templates,
    tokens,
    users,
)
from hub.web.api import auth as api_auth
from hub.web.auth import ANYBODY, WITH_CODE
from hub.web.middlewares import Handler

STATIC: Final = Path(__file__).resolve().parent / "static"


class Route(NamedTuple):
    """`least`: a role of `hub.accounts`; ANYBODY; or WITH_CODE, a display's code, which `handler` looks at. `page`: for
    people, who are led to the login when they are not signed in."""

    method: str
    path: str
    least: str
    handler: Handler
    page: bool = False


ROUTES: Final = (
    # for everybody
    Route("GET", "/health", ANYBODY, health.health),
    Route("GET", "/status", ANYBODY, health.status),
    Route("GET", "/static/{name:.+}", ANYBODY, assets.static_file),
    Route("GET", "/frames/old", ANYBODY, frames.old),
    # signing in
    Route("POST", "/api/auth/login", ANYBODY, api_auth.login),
    Route("POST", "/api/auth/logout", ANYBODY, api_auth.logout),
    Route("GET", "/api/auth/me", VIEWER, api_auth.me),
    Route("PATCH", "/api/auth/me", VIEWER, api_auth.change_me),
    Route("GET", "/api/me/settings", VIEWER, own_settings.get_settings),
    Route("PUT", "/api/me/settings", VIEWER, own_settings.put_settings),
    Route("GET", "/ws/me", VIEWER, sockets.own_socket),
    Route("POST", "/api/auth/password", VIEWER, api_auth.change_password),
    Route("POST", "/api/auth/link", ANYBODY, api_auth.link),
    Route("POST", "/api/auth/join", ANYBODY, api_auth.join),
    # screens
    Route("GET", "/d/{code}", WITH_CODE, pages.display),
    Route("GET", "/display/{code}", WITH_CODE, pages.display),
    Route("GET", "/ws/d/{code}", WITH_CODE, sockets.display_socket),
    Route("GET", "/api/displays/{code}/qr.svg", WITH_CODE, qr.display_qr),
    Route("GET", "/api/display/{code}", WITH_CODE, displays.of_code),
    Route("GET", "/api/display/{code}/template/{template}/{version}", WITH_CODE, templates.screen_template),
    Route("GET", "/images/{name}", ANYBODY, image_files.image_file),
    Route("GET", "/api/display/{code}/qr.svg", WITH_CODE, qr.display_text_qr),
    Route("GET", "/api/qr.svg", VIEWER, qr.text_qr),
    # work pages
    Route("GET", "/login", ANYBODY, work_pages.login),
    Route("GET", "/join", ANYBODY, work_pages.join),
    Route("GET", "/", VIEWER, work_pages.control_room, page=True),
    Route("GET", "/sessions/{id}", VIEWER, work_pages.session, page=True),
    Route("GET", "/sessions/{id}/roster", VIEWER, work_pages.roster, page=True),
    Route("GET", "/sessions/{id}/check", ANNOUNCER, work_pages.check, page=True),
    Route("GET", "/announcer/{session}", ANNOUNCER, work_pages.announcer, page=True),
    Route("GET", "/users", OWNER, work_pages.users, page=True),
    Route("GET", "/displays", VIEWER, work_pages.fleet, page=True),
    Route("GET", "/templates", VIEWER, work_pages.templates, page=True),
    Route("GET", "/templates/{name}", VIEWER, work_pages.template, page=True),
    Route("GET", "/settings", VIEWER, work_pages.user_settings, page=True),
    Route("GET", "/front/state", VIEWER, front.front_state),
    # sessions
    Route("GET", "/ws/sessions/{id}", VIEWER, sockets.session_socket),
    Route("GET", "/api/sessions", VIEWER, sessions.list_sessions),
    Route("GET", "/api/sessions/{id}", VIEWER, sessions.get_session),
    Route("POST", "/api/sessions", OPERATOR, session_changes.make_session),
    Route("PATCH", "/api/sessions/{id}", OPERATOR, session_changes.change_session),
    Route("DELETE", "/api/sessions/{id}", OPERATOR, session_changes.delete_session),
    Route("POST", "/api/sessions/{id}/start", OPERATOR, session_changes.start_session),
    Route("POST", "/api/sessions/{id}/end", OPERATOR, session_changes.end_session),
    Route("POST", "/api/sessions/{id}/reopen", OPERATOR, session_changes.reopen_session),
    Route("POST", "/api/sessions/{id}/key", OPERATOR, session_changes.renew_key),
    Route("GET", "/api/sessions/{id}/stream", OPERATOR, streams.session_stream),
    Route("POST", "/api/sessions/{id}/password", OPERATOR, streams.renew_session_password),
    Route("POST", "/api/sessions/{id}/testing", OPERATOR, session_changes.test_session),
    Route("GET", "/api/sessions/{id}/locations", VIEWER, locations.list_locations),
    Route("PATCH", "/api/sessions/{id}/locations/{location}", OPERATOR, locations.change_location),
    Route("POST", "/api/sessions/{id}/locations/{location}/merge", OPERATOR, locations.merge_location),
    Route("POST", "/api/sessions/{id}/locations/{location}/split", OPERATOR, locations.split_location),
    Route("GET", "/api/sessions/{id}/messages", VIEWER, messages.list_messages),
    Route("PATCH", "/api/sessions/{id}/messages", OPERATOR, messages.change_rhythm),
    Route("POST", "/api/sessions/{id}/messages", ANNOUNCER, messages.make_message),
    Route("PATCH", "/api/sessions/{id}/messages/{message}", ANNOUNCER, messages.change_message),
    Route("DELETE", "/api/sessions/{id}/messages/{message}", ANNOUNCER, messages.delete_message),
    Route("GET", "/api/sessions/{id}/reads", VIEWER, sessions.list_reads),
    Route("GET", "/api/sessions/{id}/marks", VIEWER, marks.list_marks),
    Route("PUT", "/api/sessions/{id}/marks/{who}", ANNOUNCER, marks.put_mark),
    Route("PUT", "/api/sessions/{id}/calls/{offset}", ANNOUNCER, marks.put_call),
    Route("DELETE", "/api/sessions/{id}/calls/{offset}", ANNOUNCER, marks.delete_call),
    Route("GET", "/api/sessions/{id}/arrivals/{offset}/story", ANNOUNCER, runners.get_story),
    Route("GET", "/api/sessions/{id}/runners", ANNOUNCER, runners.find_runners),
    Route("GET", "/api/sessions/{id}/runners/{who}", ANNOUNCER, runners.get_runner),
    Route("GET", "/api/sessions/{id}/unknown-tags", VIEWER, tag_desk.unknown_tags),
    Route("GET", "/api/sessions/{id}/lookup", ANNOUNCER, tag_desk.look_up),
    Route("GET", "/api/sessions/{id}/extremes", VIEWER, extremes.session_extremes),
    Route("GET", "/api/sessions/{id}/export.csv", VIEWER, reads_export.export_csv),
    Route("GET", "/api/sessions/{id}/export.txt", VIEWER, reads_export.export_txt),
    Route("GET", "/api/sessions/{id}/showings", VIEWER, showings.list_showings),
    Route("GET", "/api/sessions/{id}/showings.csv", VIEWER, showings.showings_csv),
    Route("GET", "/api/sessions/{id}/unshown", VIEWER, showings.list_unshown),
    Route("GET", "/api/sessions/{id}/latency", VIEWER, showings.session_latency),
    Route("GET", "/api/sessions/{id}/rejects", VIEWER, rejects.list_rejects),
    Route("POST", "/api/sessions/{id}/import", OPERATOR, imports.import_files),
    # participants
    Route("GET", "/api/participants", VIEWER, participants.list_participants),
    Route("POST", "/api/participants", OPERATOR, participants.make_participant),
    Route("GET", "/api/participants/{id}", VIEWER, participants.get_participant),
    Route("PATCH", "/api/participants/{id}", OPERATOR, participants.change_participant),
    Route("DELETE", "/api/participants/{id}", OPERATOR, participants.delete_participant),
    Route("POST", "/api/participants/{id}/restore", OPERATOR, participants.restore_participant),
    Route("POST", "/api/participants/{id}/tags", OPERATOR, participants.give_tag),
    Route("DELETE", "/api/participants/{id}/tags/{tag}", OPERATOR, participants.take_tag),
    Route("POST", "/api/rosters/import", OPERATOR, rosters.import_roster),
    Route("GET", "/api/rosters/files", OPERATOR, roster_files.list_files),
    Route("POST", "/api/rosters/files", OPERATOR, roster_files.add_file),
    Route("GET", "/api/rosters/files/{file}", OPERATOR, roster_files.get_file),
    Route("PATCH", "/api/rosters/files/{file}", OPERATOR, roster_files.change_file),
    Route("DELETE", "/api/rosters/files/{file}", OPERATOR, roster_files.delete_file),
    Route("POST", "/api/rosters/files/{file}/preview", OPERATOR, roster_files.preview_file),
    Route("POST", "/api/rosters/files/{file}/apply", OPERATOR, roster_files.apply_file),
    Route("GET", "/api/rosters/files/{file}/problems.csv", OPERATOR, roster_files.problems_csv),
    # what takes longer
    Route("GET", "/api/jobs", VIEWER, jobs.list_jobs),
    Route("GET", "/api/jobs/{id}", VIEWER, jobs.get_job),
    Route("DELETE", "/api/jobs/{id}", OPERATOR, jobs.cancel_job),
    # registration services
    Route("GET", "/api/provider-accounts", OPERATOR, provider_accounts.list_accounts),
    Route("POST", "/api/provider-accounts", OPERATOR, provider_accounts.make_account),
    Route("PATCH", "/api/provider-accounts/{id}", OPERATOR, provider_accounts.change_account),
    Route("DELETE", "/api/provider-accounts/{id}", OPERATOR, provider_accounts.delete_account),
    Route("POST", "/api/provider-accounts/{id}/test", OPERATOR, provider_accounts.test_account),
    Route("GET", "/api/provider-accounts/{id}/events", OPERATOR, provider_accounts.list_events),
    Route("GET", "/api/provider-accounts/{id}/events/{event}", OPERATOR, provider_accounts.get_event),
    Route("GET", "/api/sessions/{id}/provider", VIEWER, session_provider.get_link),
    Route("PUT", "/api/sessions/{id}/provider", OPERATOR, session_provider.put_link),
    Route("PATCH", "/api/sessions/{id}/provider", OPERATOR, session_provider.change_link),
    Route("DELETE", "/api/sessions/{id}/provider", OPERATOR, session_provider.delete_link),
    Route("POST", "/api/sessions/{id}/provider/refresh", OPERATOR, session_provider.refresh),
    Route("GET", "/api/sessions/{id}/official-results", VIEWER, session_provider.list_results),
    # events, and what was kept of deleted sessions
    Route("GET", "/api/events", VIEWER, events.list_events),
    Route("POST", "/api/events", OPERATOR, events.make_event),
    Route("GET", "/api/events/{id}", VIEWER, events.get_event),
    Route("PATCH", "/api/events/{id}", OPERATOR, events.change_event),
    Route("DELETE", "/api/events/{id}", OPERATOR, events.delete_event),
    Route("POST", "/api/events/{id}/races", OPERATOR, events.add_race),
    Route("PATCH", "/api/events/{id}/races/{race}", OPERATOR, events.change_race),
    Route("DELETE", "/api/events/{id}/races/{race}", OPERATOR, events.delete_race),
    Route("GET", "/api/exports", OPERATOR, exports.list_exports),
    Route("GET", "/api/exports/{id}/file", OPERATOR, exports.download),
    Route("DELETE", "/api/exports/{id}", OPERATOR, exports.delete_export),
    # screens, one by one
    Route("GET", "/api/screens", VIEWER, screens.list_screens),
    Route("PATCH", "/api/screens/{id}", OPERATOR, screens.change_screen),
    Route("DELETE", "/api/screens/{id}", OPERATOR, screens.delete_screen),
    Route("POST", "/api/screens/{id}/identify", OPERATOR, screens.identify_screen),
    Route("POST", "/api/screens/{id}/reload", OPERATOR, screens.reload_screen),
    # sources
    Route("GET", "/api/sources", VIEWER, sources.list_sources),
    Route("POST", "/api/sources/{id}/assign", OPERATOR, sources.assign_source),
    Route("POST", "/api/sources/{id}/release", OPERATOR, sources.release_source),
    Route("GET", "/api/chronotrack/sessions", VIEWER, sources.list_streams),
    Route("POST", "/api/chronotrack/sessions/{id}/select", OPERATOR, sources.select_stream),
    # displays
    Route("GET", "/api/displays", VIEWER, displays.list_displays),
    Route("POST", "/api/displays", OPERATOR, displays.make_display),
    Route("GET", "/api/displays/{code}", VIEWER, displays.get_display),
    Route("PATCH", "/api/displays/{code}", OPERATOR, displays.change_display),
    Route("DELETE", "/api/displays/{code}", OPERATOR, displays.delete_display),
    Route("POST", "/api/displays/{code}/identify", OPERATOR, displays.identify_display),
    Route("POST", "/api/displays/{code}/reload", OPERATOR, displays.reload_display),
    Route("GET", "/api/displays/{code}/control", VIEWER, display_control.get_control),
    Route("POST", "/api/displays/{code}/control", OPERATOR, display_control.control_display),
    Route("GET", "/api/display-settings", WITH_CODE, display_settings.get_settings),
    Route("POST", "/api/display-settings", OPERATOR, display_settings.change_settings),
    Route("POST", "/api/display/generate-url", OPERATOR, displays.generate_url),
    # templates
    Route("GET", "/api/templates", VIEWER, templates.list_templates),
    Route("POST", "/api/templates", OPERATOR, templates.save_template),
    Route("POST", "/api/templates/import", OPERATOR, template_files.import_template),
    Route("GET", "/api/templates/{name}", VIEWER, templates.get_template),
    Route("PATCH", "/api/templates/{name}", OPERATOR, templates.change_template),
    Route("DELETE", "/api/templates/{name}", OPERATOR, templates.delete_template),
    Route("POST", "/api/templates/{name}/undelete", OPERATOR, templates.undelete_template),
    Route("GET", "/api/templates/{name}/export", VIEWER, template_files.export_template),
    Route("GET", "/api/templates/{name}/versions", VIEWER, templates.list_versions),
    Route("GET", "/api/templates/{name}/versions/{version}", VIEWER, templates.get_version),
    Route("POST", "/api/templates/{name}/versions/{version}/restore", OPERATOR, templates.restore_version),
    # images
    Route("GET", "/api/images", VIEWER, images.list_images),
    Route("POST", "/api/images", OPERATOR, images.add_image),
    Route("POST", "/api/images/{name}/crop", OPERATOR, images.crop_image),
    Route("PATCH", "/api/images/{name}", OPERATOR, images.change_image),
    Route("DELETE", "/api/images/{name}", OPERATOR, images.delete_image),
    # partners and users
    Route("GET", "/api/partners", ADMIN, partners.list_partners),
    Route("POST", "/api/partners", ADMIN, partners.make_partner),
    Route("GET", "/api/partners/{id}", ADMIN, partners.get_partner),
    Route("PATCH", "/api/partners/{id}", ADMIN, partners.change_partner),
    Route("DELETE", "/api/partners/{id}", ADMIN, partners.delete_partner),
    Route("GET", "/api/partners/{id}/stream", OWNER, streams.partner_stream),
    Route("POST", "/api/partners/{id}/password", OWNER, streams.renew_partner_password),
    Route("GET", "/api/refused-readers", OWNER, streams.refused_readers),
    Route("GET", "/api/partners/{id}/crew-tags", OPERATOR, partner_words.get_crew_tags),
    Route("PUT", "/api/partners/{id}/crew-tags", OPERATOR, partner_words.put_crew_tags),
    Route("GET", "/api/emergency", VIEWER, partner_words.get_emergency),
    Route("PUT", "/api/emergency", OPERATOR, partner_words.put_emergency),
    Route("GET", "/api/users", OWNER, users.list_users),
    Route("POST", "/api/users", OWNER, users.invite_user),
    Route("GET", "/api/users/{id}", OWNER, users.get_user),
    Route("PATCH", "/api/users/{id}", OWNER, users.change_user),
    Route("DELETE", "/api/users/{id}", OWNER, users.delete_user),
    Route("POST", "/api/users/{id}/reset", OWNER, users.reset_user),
    Route("GET", "/api/audit", OWNER, audit.list_changes),
    Route("GET", "/api/tokens", VIEWER, tokens.list_tokens),
    Route("POST", "/api/tokens", VIEWER, tokens.make_token),
    Route("DELETE", "/api/tokens/{id}", VIEWER, tokens.delete_token),
)


def add(app: web.Application) -> None:
    for each in ROUTES:
        handler = auth.guarded(each.least, each.handler, page=each.page)
        if each.method == "GET":
            app.router.add_get(each.path, handler, allow_head=not each.path.startswith("/ws/"))
        else:
            app.router.add_route(each.method, each.path, handler)
