/**
 * Which way does a wire go?  Along the gutters between the boxes, and behind a box only where
 * there is no other way.
 *
 * @typedef {import("./shapes.js").Rect} Rect
 * @typedef {{box: Rect, y: number}} Plug a port: its box, and the height of the port
 * @typedef {[number, number]} Point
 */

const NEAREST = 12; // pixels from a box to the first lane beside it
const LANE = 8;
const LANES = 6; // in a gutter; beyond that wires lie on each other
const ROUND = 7; // radius of a bend
const PASS = 5; // pixels from a box to the first wire that passes above or below it
const PASS_LANE = 4.4; // and from there to the next
const BEND = 30; // a bend costs as much as so many pixels
const BEHIND = 10_000; // and running behind a box as this

/**
 * Return the corners of the way between two ports.
 * @param {Plug} from @param {Plug} to @param {Rect[]} boxes @param {number} lane
 * @returns {Point[]}
 */
export function route(from, to, boxes, lane) {
  const away = NEAREST + (lane % LANES) * LANE;
  /** @type {{points: Point[], cost: number}} */
  let best = { points: [], cost: Infinity };
  for (const right of [true, false]) {
    for (const toRight of [false, true]) {
      const between = [from.y, to.y];
      for (const heights of [between, passing(boxes, lane)]) {
        for (const height of heights) {
          const points = corners(from, right, to, toRight, height, away);
          const cost = costOf(points, boxes, from.box, to.box);
          if (cost < best.cost) best = { points, cost };
        }
        if (best.cost < BEHIND) break; // the simple way is free
      }
    }
  }
  return best.points;
}

/** @param {Rect[]} boxes @param {number} lane @returns {number[]} heights below each box, and above all */
function passing(boxes, lane) {
  const away = PASS + (lane % LANES) * PASS_LANE;
  const top = Math.min(...boxes.map((box) => box.y));
  return [...new Set([top - away / 2, ...boxes.map((box) => box.y + box.height + away)])];
}

/**
 * @param {Plug} from @param {boolean} right @param {Plug} to @param {boolean} toRight
 * @param {number} height @param {number} away @returns {Point[]}
 */
function corners(from, right, to, toRight, height, away) {
  const start = right ? from.box.x + from.box.width : from.box.x;
  const end = toRight ? to.box.x + to.box.width : to.box.x;
  const out = start + (right ? away : -away);
  let back = end + (toRight ? away : -away);
  if (right === toRight) back = right ? Math.max(out, back) : Math.min(out, back);
  // In a gutter of one lane's width both bends are in the same lane.
  else if (right ? end > out && back < out : end < out && back > out) back = out;
  const near = right === toRight ? back : out;
  /** @type {Point[]} */
  const all = [[start, from.y], [near, from.y], [near, height], [back, height], [back, to.y], [end, to.y]];
  return all.filter((point, i) => i === 0 || point[0] !== all[i - 1][0] || point[1] !== all[i - 1][1]);
}

/**
 * @param {Point[]} points @param {Rect[]} boxes @param {Rect} from @param {Rect} to @returns {number}
 */
function costOf(points, boxes, from, to) {
  let cost = 0;
  for (let i = 1; i < points.length; i += 1) {
    const [[x1, y1], [x2, y2]] = [points[i - 1], points[i]];
    cost += Math.abs(x2 - x1) + Math.abs(y2 - y1) + BEND;
    const [left, wide] = [Math.min(x1, x2), Math.abs(x2 - x1)];
    const [top, tall] = [Math.min(y1, y2), Math.abs(y2 - y1)];
    if (left < 2 || top < 2) cost += BEHIND; // outside the sheet
    for (const box of boxes) {
      const ends = (box === from && i === 1) || (box === to && i === points.length - 1);
      const touches =
        left < box.x + box.width && box.x < left + wide && top < box.y + box.height && box.y < top + tall;
      const inside =
        (wide === 0 && left > box.x && left < box.x + box.width && top < box.y + box.height && box.y < top + tall) ||
        (tall === 0 && top > box.y && top < box.y + box.height && left < box.x + box.width && box.x < left + wide);
      if (!ends && (touches || inside)) cost += BEHIND;
    }
  }
  return cost;
}

/**
 * Return the way as an SVG path with round bends.
 * @param {Point[]} points @returns {string}
 */
export function pathOf(points) {
  const parts = [`M${points[0].join(" ")}`];
  for (let i = 1; i < points.length - 1; i += 1) {
    const before = towards(points[i], points[i - 1]);
    const after = towards(points[i], points[i + 1]);
    parts.push(`L${before.join(" ")}Q${points[i].join(" ")} ${after.join(" ")}`);
  }
  parts.push(`L${points[points.length - 1].join(" ")}`);
  return parts.join("");
}

/** @param {Point} corner @param {Point} other @returns {Point} */
function towards(corner, other) {
  const [dx, dy] = [other[0] - corner[0], other[1] - corner[1]];
  const length = Math.hypot(dx, dy) || 1;
  const part = Math.min(ROUND, length / 2) / length;
  return [corner[0] + dx * part, corner[1] + dy * part];
}

/**
 * Give each wire a lane of its own beside the box that it leaves, so that wires do not cross there.
 * @param {{from: Plug, to: Plug}[]} wires @returns {number[]}
 */
export function lanes(wires) {
  const order = wires.map((_wire, i) => i);
  order.sort((a, b) => wires[a].from.y - wires[b].from.y);
  const result = new Array(wires.length).fill(0);
  let [down, up] = [0, 0];
  const downwards = order.filter((i) => wires[i].to.y >= wires[i].from.y).length;
  for (const i of order) {
    if (wires[i].to.y >= wires[i].from.y) {
      result[i] = Math.min(downwards, LANES) - 1 - (down % LANES);
      down += 1;
    } else {
      result[i] = up % LANES;
      up += 1;
    }
    result[i] = ((result[i] % LANES) + LANES) % LANES;
  }
  return result;
}
