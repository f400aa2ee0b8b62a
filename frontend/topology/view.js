/**
 * The live picture of the network: what anywidget loads.
 *
 * The kernel side sends the whole network whenever it changed; a view draws what differs.  Each
 * view stands for itself; only where boxes were dragged to is common to all.
 *
 * @typedef {import("./shapes.js").Network} Network
 * @typedef {import("./shapes.js").Namespace} Namespace
 */

import { titleOf } from "./boxes.js";
import { compare } from "./difference.js";
import { button, isolated, make, speaker, svg } from "./dom.js";
import { openLine } from "./line.js";
import { makeListing, MOST_BOXES } from "./listing.js";
import { makePanel } from "./panel.js";
import { makePlayer } from "./player.js";
import { makeStage } from "./stage.js";
import { watchKernel } from "./state.js";
import { walk } from "./walking.js";

const GLOW = 2500; // milliseconds that something new is marked
const MOST_SAID = 4; // changes that are read out one by one
/** @type {Network} */
const NOTHING = { generation: 0, namespaces: [], lost: 0, problem: null };

/** @param {Network} network @returns {boolean} whether a list shows more than a picture */
function tooMany(network) {
  return network.namespaces.filter((one) => !one.host).length > MOST_BOXES;
}

/**
 * Draw a view.
 * @param {{model: any, el: HTMLElement}} given anywidget's
 * @returns {() => void} what ends it
 */
function render({ model, el }) {
  const say = speaker(model.get("words"));
  /** @type {Network|null} */
  let network = null;
  /** @type {Map<string, number>} */
  const fresh = new Map(); // what changed, and when
  const chosen = new Set(); // keys that were picked from the list
  /** @type {Record<string, [number, number]>} */
  let mine = {}; // boxes moved here whose new place the kernel side has not confirmed yet
  /** @type {any} */
  const view = { model, say };

  const banner = make("div", { class: "nst-banner", role: "status", hidden: true });
  const news = make("div", { class: "nst-unseen", role: "log", "aria-live": "polite" });
  const root = make("div", { class: "nst-root", role: "region", "aria-label": say("title"), lang: say("language"), "data-lm-suppress-shortcuts": "true" });

  Object.assign(view, {
    element: root,
    overlay: svg("svg", { class: "nst-overlay", "aria-hidden": "true" }),
    network: () => network ?? NOTHING,
    gone: () => ["restarted", "dead", "saved"].includes(kernel.state()),
    moved: () => ({ ...model.get("positions"), ...mine }),
    shown,
    listed: () => tooMany(network ?? NOTHING),
    nameOf,
    find,
    open,
    focusOn,
    markWire: (/** @type {string[]} */ ends) => stage.mark(ends),
    wire: (/** @type {string} */ end) => stage.wire(end),
    keep(/** @type {string} */ key, /** @type {any} */ { x, y }) {
      mine[key] = [Math.round(x), Math.round(y)];
      view.line.tell({ type: "moved", positions: { [key]: mine[key] } });
    },
    pull(/** @type {string} */ from, /** @type {string|null} */ to) {
      const name = (/** @type {string|null} */ key) => find(key).space?.name ?? "";
      panel.openForm("wire", { namespace: name(from), ...(to === null ? {} : { to: name(to) }) });
    },
  });
  const kernel = watchKernel(model, onState);
  view.line = openLine(model, kernel.heard);
  const stage = makeStage(view);
  const panel = makePanel(view);
  const player = makePlayer(view);
  const listing = makeListing(view, choose);
  const bar = make(
    "div",
    { class: "nst-bar", role: "group", "aria-label": say("acts") },
    ...["namespace", "wire", "ping", "capture"].map((act) =>
      button(say(`button ${act}`), () => panel.openForm(act), { "data-act": act }),
    ),
    button(say("tidy"), tidy, { "data-act": "tidy" }),
    make("details", { class: "nst-keys" }, make("summary", {}, say("keys")), make("p", {}, say("keys text"))),
  );
  root.append(bar, banner, make("div", { class: "nst-main" }, listing.element, stage.element, panel.element), player.element, news);
  walk(stage.sheet, { open, pull: (key) => view.pull(key, null), mark: (id) => stage.mark(stage.wire(id)?.ends ?? []), places: stage.places, box: stage.box });
  el.append(root);

  /** @returns {Namespace[]} those that are drawn as boxes */
  function shown() {
    const { namespaces } = network ?? NOTHING;
    if (!tooMany(network ?? NOTHING)) return namespaces;
    return namespaces.filter((one) => one.host || chosen.has(one.key));
  }
  /** @param {import("./shapes.js").End} end @returns {string|null} */
  function nameOf(end) {
    const space = (network ?? NOTHING).namespaces.find((one) => one.key === end.namespace);
    const link = space?.links.find((one) => one.index === end.index);
    return space && link ? `${isolated(titleOf(space, say))}: ${link.name}` : null;
  }
  /** @param {string|null} id a namespace's key or a link's id */
  function find(id) {
    const [key, index] = (id ?? "").split("/");
    const space = (network ?? NOTHING).namespaces.find((one) => one.key === key) ?? null;
    const link = index === undefined ? null : (space?.links.find((one) => String(one.index) === index) ?? null);
    return { space, link };
  }
  /** @param {string} id */
  function open(id) {
    panel.select(id);
    /** @type {HTMLElement|null} */ (panel.element.querySelector("h3"))?.focus();
    panel.element.scrollIntoView({ block: "nearest" });
    stage.reveal(id.split("/")[0]);
  }
  /** @param {string|null} id */
  function focusOn(id) {
    const port = id?.includes("/") ? stage.port(id) : null;
    const box = stage.box((id ?? "").split("/")[0])?.querySelector("button");
    (port ?? box ?? bar.querySelector("button"))?.focus();
  }
  /** @param {string} key */
  function choose(key) {
    if (chosen.delete(key)) panel.select(null);
    else {
      chosen.add(key);
      panel.select(key);
    }
    draw();
  }
  function tidy() {
    mine = {};
    view.line.tell({ type: "tidy" });
    view.moved = () => mine;
    stage.tidy();
  }

  let scheduled = 0;
  function later() {
    scheduled ||= requestAnimationFrame(() => {
      scheduled = 0;
      draw();
    });
  }
  function draw() {
    const next = view.gone() && kernel.state() !== "saved" ? NOTHING : model.get("network");
    const difference = compare(network, next, say("host"));
    network = next;
    const now = Date.now();
    for (const id of difference.touched) fresh.set(id, now);
    for (const [id, time] of fresh) if (now - time > GLOW) fresh.delete(id);
    const many = tooMany(next);
    for (const key of chosen) if (!next.namespaces.some((/** @type {Namespace} */ one) => one.key === key)) chosen.delete(key);
    listing.element.hidden = !many;
    const boxes = shown();
    if (many) listing.update(next.namespaces, new Set(boxes.map((one) => one.key)));
    stage.draw(boxes, next, new Set(fresh.keys()), many);
    panel.update();
    announce(difference.statements);
    if (kernel.state() === "live") tell(next.problem ?? "");
    root.dataset.generation = String(next.generation);
  }
  /** @param {{key: string, values: Record<string, string>}[]} statements */
  function announce(statements) {
    if (!statements.length) return;
    const said = statements.slice(0, MOST_SAID).map(({ key, values }) => say(key, values));
    if (statements.length > MOST_SAID) said.push(say("more changes", { count: statements.length - MOST_SAID }));
    news.append(make("p", {}, said.join(" ")));
    while (news.childElementCount > 20) news.firstElementChild?.remove();
  }
  /** @param {string} text */
  function tell(text) {
    banner.textContent = text;
    banner.hidden = !text;
  }
  /** @param {import("./state.js").State} state @param {Date} since */
  function onState(state, since) {
    root.dataset.kernel = state;
    tell(state === "live" ? "" : say(`kernel ${state}`, { time: since.toLocaleTimeString() }));
    draw();
  }

  const onPositions = () => {
    mine = {};
    view.moved = () => ({ ...model.get("positions"), ...mine });
    later();
  };
  const onRecording = () => player.load(model.get("recording"));
  model.on("change:network", later);
  model.on("change:positions", onPositions);
  model.on("change:recording", onRecording);
  root.dataset.kernel = "live";
  draw();
  onRecording();
  return () => {
    cancelAnimationFrame(scheduled);
    model.off("change:network", later);
    model.off("change:positions", onPositions);
    model.off("change:recording", onRecording);
    kernel.stop();
    view.line.close();
    stage.stop();
    player.stop();
  };
}

export default { render };
