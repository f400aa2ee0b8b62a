/**
 * How are the wires drawn?  One path for each veth pair whose ends are both in the picture; whole
 * where both ends are up, dashed where not.  The ports say the same in words.
 *
 * @typedef {import("./shapes.js").Network} Network
 * @typedef {import("./shapes.js").Rect} Rect
 * @typedef {{id: string, ends: [string, string], live: boolean, path: SVGPathElement,
 *   group: SVGElement, right: number, bottom: number}} Wire
 */

import { linkId } from "./difference.js";
import { svg } from "./dom.js";
import { lanes, pathOf, route } from "./routing.js";

/**
 * Return the veth pairs between the boxes that are shown.
 * @param {Network} network @param {Set<string>} shown keys of the boxes
 * @returns {{ends: [string, string], live: boolean}[]}
 */
export function pairs(network, shown) {
  const states = new Map();
  for (const one of network.namespaces) {
    for (const link of one.links) states.set(linkId(one.key, link.index), link.state);
  }
  const seen = new Set();
  /** @type {{ends: [string, string], live: boolean}[]} */
  const found = [];
  for (const one of network.namespaces) {
    for (const link of one.links) {
      if (!link.peer || !shown.has(one.key) || !shown.has(link.peer.namespace)) continue;
      const [near, far] = [linkId(one.key, link.index), linkId(link.peer.namespace, link.peer.index)];
      if (seen.has(near) || !states.has(far)) continue;
      seen.add(near).add(far);
      found.push({ ends: [near, far], live: states.get(near) === "up" && states.get(far) === "up" });
    }
  }
  return found;
}

/**
 * Draw all wires anew.
 * @param {SVGElement} canvas
 * @param {{ends: [string, string], live: boolean}[]} wanted
 * @param {Map<string, Rect>} places
 * @param {Map<string, number>} heights of each port's middle, within its box
 * @returns {Map<string, Wire>} by the ids of both ends
 */
export function drawWires(canvas, wanted, places, heights) {
  const boxes = [...places.values()];
  const plugged = wanted.filter(({ ends }) => ends.every((end) => heights.has(end)));
  const plugs = plugged.map(({ ends }) => {
    const [from, to] = ends.map((end) => {
      const box = /** @type {Rect} */ (places.get(end.split("/")[0]));
      return { box, y: box.y + /** @type {number} */ (heights.get(end)) };
    });
    return from.box.x <= to.box.x ? { from, to } : { from: to, to: from };
  });
  const tracks = lanes(plugs);
  /** @type {Map<string, Wire>} */
  const drawn = new Map();
  const groups = plugged.map(({ ends, live }, i) => {
    const points = route(plugs[i].from, plugs[i].to, boxes, tracks[i]);
    const path = /** @type {SVGPathElement} */ (svg("path", { d: pathOf(points) }));
    const tips = [points[0], points[points.length - 1]].map(([x, y]) =>
      svg("rect", { x: x - 4, y: y - 5, width: 8, height: 10, rx: 1.5 }),
    );
    const state = live ? "live" : "dead";
    const group = svg("g", { class: "nst-wire", "data-state": state, "data-ends": ends.join(" ") }, path, ...tips);
    const turned = places.get(ends[0].split("/")[0]) !== plugs[i].from.box;
    const right = Math.max(...points.map(([x]) => x));
    const bottom = Math.max(...points.map(([, y]) => y));
    const wire = { id: ends.join(" "), ends, live, path, group, right, bottom };
    if (turned) wire.group.setAttribute("data-turned", "");
    for (const end of ends) drawn.set(end, wire);
    return group;
  });
  canvas.replaceChildren(...groups);
  return drawn;
}

/**
 * Return a point on a wire.
 * @param {Wire} wire @param {string} from the end to start at @param {number} part 0 … 1
 * @returns {{x: number, y: number}}
 */
export function pointOn(wire, from, part) {
  const forwards = (wire.ends[0] === from) !== wire.group.hasAttribute("data-turned");
  return wire.path.getPointAtLength(wire.path.getTotalLength() * (forwards ? part : 1 - part));
}
