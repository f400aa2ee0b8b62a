/**
 * How does the picture follow the network?  Only boxes that changed are drawn anew; the focus, the
 * places and what was unfolded stay.
 *
 * @typedef {import("./shapes.js").Network} Network
 * @typedef {import("./shapes.js").Namespace} Namespace
 * @typedef {import("./shapes.js").Rect} Rect
 */

import { drawBox } from "./boxes.js";
import { linkId } from "./difference.js";
import { make, svg } from "./dom.js";
import { listen } from "./drag.js";
import { columnsFor, extent, place, widthOf } from "./layout.js";
import { drawWires, pairs } from "./wires.js";

const DETAILED = 12; // up to so many namespaces, a box lists routes and neighbours; then it counts them
const PORTS = 60; // that a box shows at most; the panel shows all
const USUAL = 800; // pixels of width, before the page is laid out
const EDGE = 8; // pixels beside the outermost wire
const FEW_PORTS = 12; // the same where only some boxes are drawn

/**
 * Make the stage of a view.
 * @param {any} view see `view.js`
 */
export function makeStage(view) {
  const { say } = view;
  const canvas = svg("svg", { class: "nst-wires", "aria-hidden": "true" });
  const boxesLayer = make("div", { class: "nst-boxes" });
  const sheet = make("div", { class: "nst-sheet" });
  sheet.append(canvas, boxesLayer, view.overlay);
  const element = make("div", { class: "nst-stage", role: "group", tabindex: "0", "aria-label": say("picture") }, sheet);
  /** @type {Map<string, {element: HTMLElement, ports: Map<number, HTMLElement>, drawn: string}>} */
  const boxes = new Map();
  /** @type {Map<string, number>} */
  const heights = new Map(); // of each port's middle, within its box
  /** @type {Map<string, Rect>} */
  let places = new Map();
  /** @type {Map<string, import("./wires.js").Wire>} */
  let wires = new Map();
  let columns = 0;
  /** @type {ReturnType<typeof pairs>} */
  let wanted = [];

  /** @param {Namespace[]} shown @param {Network} network @param {Set<string>} touched @param {boolean} some */
  const draw = (shown, network, touched, some) => {
    const keys = new Set(shown.map((one) => one.key));
    for (const [key, box] of boxes) {
      if (keys.has(key)) continue;
      box.element.remove();
      boxes.delete(key);
      places.delete(key);
    }
    wanted = pairs(network, keys);
    const wired = new Set(wanted.flatMap(({ ends }) => ends));
    const detailed = shown.length <= DETAILED;
    for (const space of shown) {
      const setting = {
        say,
        nameOf: view.nameOf,
        touched,
        detailed,
        most: some ? FEW_PORTS : PORTS,
        wired: (/** @type {any} */ link) => wired.has(linkId(space.key, link.index)),
      };
      const ends = space.links.map((link) => link.peer && view.nameOf(link.peer));
      const drawn = JSON.stringify([space, ends, detailed, some]);
      const before = boxes.get(space.key);
      if (before?.drawn === drawn) continue;
      const box = drawBox(space, setting);
      if (!before) box.element.classList.toggle("nst-new", touched.has(space.key));
      replace(before?.element ?? null, box.element);
      boxes.set(space.key, { ...box, drawn });
      measured.delete(space.key);
    }
    arrange(shown);
  };

  /** @param {HTMLElement|null} before @param {HTMLElement} after */
  const replace = (before, after) => {
    if (!before) {
      boxesLayer.append(after);
      return;
    }
    const focused = before.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
    after.style.transform = before.style.transform;
    before.replaceWith(after);
    for (const name of ["open", "pull", "link"]) {
      const value = focused?.dataset[name];
      if (value) /** @type {HTMLElement|null} */ (after.querySelector(`[data-${name}="${CSS.escape(value)}"]`))?.focus({ preventScroll: true });
    }
  };

  // Of the whole view: opening the panel moves no box.
  const width = () => view.element.clientWidth || USUAL;
  /** @type {Map<string, number>} */
  const measured = new Map(); // heights of boxes since they were drawn
  /** @param {Namespace[]} shown */
  const arrange = (shown) => {
    for (const { key } of shown) {
      if (!measured.has(key)) measure(key);
    }
    const now = columnsFor(width());
    const before = now === columns ? places : new Map();
    columns = now;
    // Beside all boxes or below them: the panel hides none.  A list leaves room for few anyway.
    element.style.flexBasis = view.listed() ? "" : `${widthOf(columns)}px`;
    const sizes = shown.map((one) => ({ key: one.key, height: measured.get(one.key) ?? 0, host: one.host }));
    places = place(sizes, before, view.moved(), columns);
    for (const [key, { x, y }] of places) {
      const box = boxes.get(key);
      if (box) box.element.style.transform = `translate(${x}px, ${y}px)`;
    }
    connect();
  };
  /** @param {string} key */
  const measure = (key) => {
    const box = boxes.get(key);
    if (!box) return;
    measured.set(key, box.element.offsetHeight);
    for (const [index, port] of box.ports) {
      let top = 0;
      for (let at = port; at && at !== box.element; at = /** @type {HTMLElement} */ (at.offsetParent)) top += at.offsetTop;
      heights.set(linkId(key, index), top + 13);
    }
  };
  const connect = () => {
    wires = drawWires(canvas, wanted, places, heights);
    const size = extent(places.values());
    const room = [...wires.values()];
    sheet.style.width = `${Math.max(size.width, ...room.map((one) => one.right + EDGE))}px`;
    sheet.style.height = `${Math.max(size.height, ...room.map((one) => one.bottom + EDGE))}px`;
    mark([]);
  };
  /** @param {string[]} ends */
  const mark = (ends) => {
    for (const group of canvas.children) {
      group.classList.toggle("nst-marked", ends.length > 0 && group.getAttribute("data-ends") === ends.join(" "));
    }
  };

  listen(sheet, view.overlay, {
    places: () => places,
    pull: view.pull,
    moveTo(key, rect, done) {
      const box = boxes.get(key);
      if (!box) return;
      places.set(key, rect);
      box.element.style.transform = `translate(${rect.x}px, ${rect.y}px)`;
      box.element.classList.toggle("nst-held", !done);
      connect();
      if (done) view.keep(key, rect);
    },
  });
  let waiting = 0;
  const observer = new ResizeObserver(() => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => {
      // A window that was hidden has no sizes: measure anew what was drawn there.
      if (columnsFor(width()) !== columns || [...measured.values()].includes(0)) {
        measured.clear();
        arrange(view.shown());
      }
    });
  });
  observer.observe(view.element);

  return {
    element,
    sheet,
    draw,
    mark,
    tidy() {
      places = new Map();
      arrange(view.shown());
    },
    wire: (/** @type {string} */ end) => wires.get(end) ?? null,
    port: (/** @type {string} */ id) => boxes.get(id.split("/")[0])?.ports.get(Number(id.split("/")[1])) ?? null,
    box: (/** @type {string} */ key) => boxes.get(key)?.element ?? null,
    places: () => places,
    /** @param {string} key */
    reveal(key) {
      const rect = places.get(key);
      if (!rect) return;
      const { scrollLeft, clientWidth, scrollTop, clientHeight } = element;
      if (rect.x + rect.width > scrollLeft + clientWidth || rect.x < scrollLeft) element.scrollLeft = rect.x - EDGE;
      if (rect.y > scrollTop + clientHeight - EDGE || rect.y + rect.height < scrollTop) element.scrollTop = rect.y - EDGE;
    },
    stop() {
      cancelAnimationFrame(waiting);
      observer.disconnect();
    },
  };
}
