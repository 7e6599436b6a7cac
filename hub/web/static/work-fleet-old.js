// Old screens: which address makes a browser's old pages speak of a display, and what a web server in front of those
// pages needs.

import { $, say, set } from "./front-paint.js";

const PLACES = ["/stream", "/api/", "/d/", "/static/", "/images/", "/frames/", "/login"];

/** What Apache hands on to the hub at this origin, as lines for its configuration. */
export function proxyLines(origin) {
  return [
    "ProxyPreserveHost On",
    "RewriteEngine On",
    "RewriteCond %{HTTP:Upgrade} =websocket [NC]",
    `RewriteRule ^/(ws/.*)$ ${origin.replace(/^http/, "ws")}/$1 [P,L]`,
    ...PLACES.map(each => `ProxyPass ${each} ${origin}${each}${each === "/stream" ? " flushpackets=on" : ""}`),
  ].join("\n");
}

/** In the dialog of a display's QR code. */
export function fillOld(display) {
  say($("old-url"), display.url + "/old");
  set($("old-url"), "href", `/d/${encodeURIComponent(display.code)}/old`);
  say($("old-proxy"), proxyLines(new URL(display.url).origin));
}
