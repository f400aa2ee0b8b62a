/**
 * How are boxes moved and wires drawn by hand?  With a mouse, a finger or the keyboard.
 *
 * @typedef {import("./shapes.js").Rect} Rect
 */

import { svg } from "./dom.js";
import { nearestFree } from "./layout.js";

const SLACK = 4; // pixels that a click may wander
const STRIDE = 24; // pixels of Shift and an arrow key
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Listen on the sheet that holds the boxes.
 * @param {HTMLElement} sheet @param {SVGElement} overlay
 * @param {{places: () => Map<string, Rect>, moveTo: (key: string, place: Rect, done: boolean) => void,
 *   pull: (from: string, to: string|null) => void}} acts
 */
export function listen(sheet, overlay, acts) {
  const rubber = svg("path", { class: "nst-rubber", visibility: "hidden" });
  overlay.append(rubber);
  /** @type {{key: string, pull: boolean, id: number, x: number, y: number, start: Rect, moved: boolean, on: HTMLElement}|null} */
  let drag = null;
  let justDragged = false;

  sheet.addEventListener("pointerdown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const head = /** @type {HTMLElement|null} */ (target.closest(".nst-head"));
    if (!head || event.button !== 0) return;
    const key = /** @type {HTMLElement} */ (head.closest(".nst-box")).dataset.key ?? "";
    const start = acts.places().get(key);
    if (!start) return;
    justDragged = false;
    const pull = target.closest(".nst-pull") !== null;
    drag = { key, pull, id: event.pointerId, x: event.clientX, y: event.clientY, start: { ...start }, moved: false, on: target };
  });
  const move = (/** @type {PointerEvent} */ event) => {
    if (!drag || event.pointerId !== drag.id) return;
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.moved && Math.hypot(dx, dy) < SLACK) return;
    if (!drag.moved) sheet.setPointerCapture(event.pointerId);
    drag.moved = true;
    event.preventDefault();
    if (drag.pull) stretch(event, drag.start);
    else acts.moveTo(drag.key, { ...drag.start, x: Math.max(0, drag.start.x + dx), y: Math.max(0, drag.start.y + dy) }, false);
  };
  sheet.addEventListener("pointermove", move);
  sheet.addEventListener("pointerup", (event) => {
    if (!drag || event.pointerId !== drag.id) return;
    move(event);
    const { key, pull, moved } = drag;
    drag = null;
    rubber.setAttribute("visibility", "hidden");
    if (!moved) return;
    justDragged = true;
    if (pull) {
      const over = document.elementsFromPoint(event.clientX, event.clientY).map((one) => one.closest(".nst-box"));
      const box = /** @type {HTMLElement|undefined} */ (over.find((one) => one && sheet.contains(one)) ?? undefined);
      if (box) acts.pull(key, box.dataset.key ?? null);
    } else settle(key, acts);
  });
  sheet.addEventListener("pointercancel", () => {
    if (drag && !drag.pull) acts.moveTo(drag.key, drag.start, true);
    drag = null;
    rubber.setAttribute("visibility", "hidden");
  });
  // The click that ends a drag opens nothing.
  sheet.addEventListener(
    "click",
    (event) => {
      if (!justDragged) return;
      justDragged = false;
      event.stopPropagation();
      event.preventDefault();
    },
    true,
  );
  sheet.addEventListener("keydown", (event) => {
    const name = /** @type {HTMLElement} */ (event.target).closest(".nst-name");
    const arrow = ARROWS[event.key];
    if (!name || !arrow || !event.shiftKey) return;
    event.preventDefault();
    const key = /** @type {HTMLElement} */ (name).dataset.open ?? "";
    const start = acts.places().get(key);
    if (!start) return;
    const others = [...acts.places()].filter(([one]) => one !== key).map(([, place]) => place);
    let wanted = { ...start };
    // Step over what is in the way: the nearest free place may be the one that it is on.
    for (let i = 0; i < 200; i += 1) {
      wanted = { ...wanted, x: wanted.x + arrow[0] * STRIDE, y: wanted.y + arrow[1] * STRIDE };
      if (wanted.x < 0 || wanted.y < 0) return;
      const free = nearestFree(wanted, others);
      if (free.x === wanted.x && free.y === wanted.y) break;
    }
    acts.moveTo(key, wanted, true);
  });

  /** @param {PointerEvent} event @param {Rect} start */
  const stretch = (event, start) => {
    const corner = sheet.getBoundingClientRect();
    const from = [start.x + start.width - 20, start.y + 18];
    const to = [event.clientX - corner.left, event.clientY - corner.top];
    rubber.setAttribute("d", `M${from.join(" ")}L${to.join(" ")}`);
    rubber.setAttribute("visibility", "visible");
  };
}

/**
 * Let a box that was dropped rest where nothing else is.
 * @param {string} key @param {{places: () => Map<string, Rect>, moveTo: (key: string, place: Rect, done: boolean) => void}} acts
 */
function settle(key, acts) {
  const places = acts.places();
  const mine = places.get(key);
  if (!mine) return;
  const others = [...places].filter(([one]) => one !== key).map(([, place]) => place);
  acts.moveTo(key, nearestFree(mine, others), true);
}
