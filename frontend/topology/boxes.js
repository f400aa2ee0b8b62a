/**
 * How does a namespace look?  A box with its name, its links as ports, and what it knows.
 *
 * @typedef {import("./shapes.js").Namespace} Namespace
 * @typedef {import("./shapes.js").Link} Link
 * @typedef {import("./shapes.js").Say} Say
 * @typedef {{say: Say, nameOf: (end: import("./shapes.js").End) => string|null, touched: Set<string>,
 *   detailed: boolean, most: number, wired: (link: Link) => boolean}} Setting
 * @typedef {{element: HTMLElement, ports: Map<number, HTMLElement>}} Box
 */

import { linkId } from "./difference.js";
import { make } from "./dom.js";

const MARKS = { up: "▲", down: "▽", "no carrier": "△" };
const FEW = 3; // routes and neighbours that a box shows; the panel shows all

/** @param {Namespace} namespace @param {Say} say @returns {string} */
export function titleOf(namespace, say) {
  return namespace.host ? say("host") : namespace.name;
}

/** @param {Link} link @param {Say} say @returns {string} its state in words */
export function stateOf(link, say) {
  return say(`state ${link.state}`);
}

/** @param {Link} link @returns {string} the state's shape */
export function markOf(link) {
  return MARKS[/** @type {keyof typeof MARKS} */ (link.state)] ?? "▽";
}

/**
 * Draw a box.
 * @param {Namespace} namespace @param {Setting} setting @returns {Box}
 */
export function drawBox(namespace, setting) {
  const { say } = setting;
  const title = titleOf(namespace, say);
  /** @type {Map<number, HTMLElement>} */
  const ports = new Map();
  const shown = chosen(namespace, setting);
  const list = make("ul", { class: "nst-ports" });
  for (const link of shown.filter((one) => !isPort(one, shown))) {
    const item = drawPort(namespace, link, setting, ports);
    const mine = shown.filter((one) => one.master === link.name);
    if (link.kind === "bridge") item.classList.add("nst-bridge");
    if (mine.length) {
      const inner = mine.map((one) => drawPort(namespace, one, setting, ports));
      item.append(make("ul", { "aria-label": say("ports of", { bridge: link.name }) }, ...inner));
    }
    list.append(item);
  }
  const hidden = namespace.links.length - shown.length;
  if (hidden > 0) list.append(make("li", { class: "nst-more" }, say("more links", { count: hidden })));
  const element = make(
    "section",
    { class: "nst-box", role: "group", "aria-label": say("namespace", { namespace: title }), "data-key": namespace.key },
    make(
      "header",
      { class: "nst-head" },
      make(
        "button",
        { type: "button", class: "nst-name", "data-open": namespace.key, "aria-keyshortcuts": "Shift+ArrowUp Shift+ArrowDown Shift+ArrowLeft Shift+ArrowRight", title: say("box help") },
        title,
      ),
      make(
        "button",
        { type: "button", class: "nst-pull", "data-pull": namespace.key, "aria-label": say("wire from", { namespace: title }), title: say("wire from", { namespace: title }) },
        "+",
      ),
    ),
    list,
    ...knowledge(namespace, setting),
  );
  if (namespace.host) element.classList.add("nst-host");
  return { element, ports };
}

/** @param {Namespace} namespace @param {Setting} setting @returns {Link[]} those with a wire first, if there are too many */
function chosen(namespace, setting) {
  if (namespace.links.length <= setting.most) return namespace.links;
  const important = namespace.links.filter((link) => setting.wired(link) || link.kind === "bridge");
  const others = namespace.links.filter((link) => !important.includes(link));
  const kept = new Set([...important, ...others].slice(0, setting.most));
  return namespace.links.filter((link) => kept.has(link));
}

/** @param {Link} link @param {Link[]} links @returns {boolean} whether it is drawn inside its bridge */
function isPort(link, links) {
  return link.master !== null && links.some((one) => one.name === link.master && one !== link);
}

/**
 * @param {Namespace} namespace @param {Link} link @param {Setting} setting
 * @param {Map<number, HTMLElement>} ports @returns {HTMLElement}
 */
function drawPort(namespace, link, setting, ports) {
  const { say } = setting;
  const id = linkId(namespace.key, link.index);
  const state = stateOf(link, say);
  const word = link.kind === "bridge" ? say("bridge") : link.vni === null ? "" : `VXLAN ${link.vni}`;
  const kind = word ? [make("span", { class: "nst-kind" }, word)] : [];
  const far = link.peer && setting.nameOf(link.peer);
  const lower = link.lower && setting.nameOf(link.lower);
  const lines = [
    ...link.addresses.map((address) => make("span", { class: "nst-address" }, address)),
    ...(far ? [make("span", { class: "nst-far" }, `↔ ${far}`)] : []),
    ...(lower ? [make("span", { class: "nst-far" }, say("hangs on", { kind: link.kind, link: lower }))] : []),
  ];
  const port = make(
    "button",
    { type: "button", class: "nst-port", "data-link": id, "data-state": link.state, tabindex: "-1" },
    make("span", { class: "nst-mark", "aria-hidden": "true" }, markOf(link)),
    make("span", { class: "nst-link" }, link.name),
    ...kind,
    make("span", { class: "nst-words" }, state),
    ...lines,
  );
  ports.set(link.index, port);
  return make("li", { class: glow(setting.touched, id) }, port);
}

/** @param {Set<string>} touched @param {string} id @returns {string} */
function glow(touched, id) {
  return touched.has(id) ? "nst-new" : "";
}

/** @param {Namespace} namespace @param {Setting} setting @returns {HTMLElement[]} routes, neighbours and rules */
function knowledge(namespace, { say, detailed, touched }) {
  const { key, routes, neighbours, rules } = namespace;
  const counted = say("facts", { routes: routes.length, neighbours: neighbours.length, rules: rules ?? "?" });
  const changed = ["routes", "neighbours", "rules"].some((what) => touched.has(`${key}#${what}`));
  if (!detailed) return [make("p", { class: `nst-facts ${changed ? "nst-new" : ""}` }, counted)];
  const parts = [];
  /** @param {string} what @param {string[]} lines */
  const part = (what, lines) => {
    const shown = lines.slice(0, FEW).map((line) => make("li", {}, line));
    if (lines.length > FEW) shown.push(make("li", {}, say("more", { count: lines.length - FEW })));
    parts.push(
      make("div", { class: `nst-facts ${glow(touched, `${key}#${what}`)}` }, say(what), make("ul", {}, ...shown)),
    );
  };
  if (routes.length) part("routes", routes.map((route) => routeInWords(route)));
  if (neighbours.length) {
    part("neighbours", neighbours.map((one) => `${one.address} ${one.state}`));
  }
  if (rules) {
    const words = say("rules", { count: rules });
    parts.push(make("p", { class: `nst-facts ${glow(touched, `${key}#rules`)}` }, words));
  }
  return parts;
}

/** @param {import("./shapes.js").Route} route @returns {string} as `ip route` writes it */
export function routeInWords(route) {
  const via = route.via ? ` via ${route.via}` : "";
  return `${route.destination}${via}${route.link ? ` dev ${route.link}` : ""}`;
}
