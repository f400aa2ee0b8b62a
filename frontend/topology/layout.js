/**
 * Where does each box go?  Sizes in, places out; nothing here knows of the page.
 *
 * A box keeps its place for as long as it is there.  A new one takes the first free slot, row by
 * row.  Only a box that would be covered by one that grew moves, downwards, and no further than
 * needed.
 *
 * @typedef {import("./shapes.js").Rect} Rect
 */

export const BOX_WIDTH = 240;
const GUTTER = 68; // between columns: room for the wires
const GAP = 36; // between boxes of a column: room for the wires that pass there
const LEAST_GAP = 10; // boxes that come closer are pushed apart
const MARGIN = 12;
const PANEL = 264; // beside the boxes: what the panel and the gap before it need
const RESERVED = 168; // height of a slot: a namespace with lo and one wire grows into it
const STEP = 12; // of the search for a free place
const RINGS = 150;

/**
 * Whether two rectangles come closer than `gap`.
 * @param {Rect} one @param {Rect} other @param {number} [gap] @returns {boolean}
 */
export function overlaps(one, other, gap = 0) {
  return (
    one.x < other.x + other.width + gap &&
    other.x < one.x + one.width + gap &&
    one.y < other.y + other.height + gap &&
    other.y < one.y + one.height + gap
  );
}

/**
 * How many columns of boxes fit, with room for the panel beside them where two are left.
 * @param {number} width @returns {number}
 */
export function columnsFor(width) {
  const fit = (/** @type {number} */ room) => Math.floor((room - 2 * MARGIN + GUTTER) / (BOX_WIDTH + GUTTER));
  return Math.max(1, fit(width - PANEL), Math.min(2, fit(width)));
}

/**
 * How wide so many columns are.
 * @param {number} columns @returns {number}
 */
export function widthOf(columns) {
  return 2 * MARGIN + columns * (BOX_WIDTH + GUTTER) - GUTTER;
}

/**
 * Give each box its place.
 * @param {{key: string, height: number, host: boolean}[]} boxes
 * @param {Map<string, Rect>} before where they were
 * @param {Record<string, [number, number]>} moved where somebody put them
 * @param {number} columns
 * @returns {Map<string, Rect>}
 */
export function place(boxes, before, moved, columns) {
  /** @type {Map<string, Rect>} */
  const places = new Map();
  for (const { key, height } of boxes) {
    const [x, y] = moved[key] ?? [before.get(key)?.x, before.get(key)?.y];
    if (x !== undefined && y !== undefined) places.set(key, { x, y, width: BOX_WIDTH, height });
  }
  for (const box of boxes) {
    if (!places.has(box.key)) places.set(box.key, firstFree(box, [...places.values()], columns));
  }
  pushApart(places);
  return places;
}

/**
 * @param {{height: number, host: boolean}} box @param {Rect[]} taken @param {number} columns
 * @returns {Rect}
 */
function firstFree(box, taken, columns) {
  // The host has the first column for itself, so that its wires reach all others.
  const first = box.host || columns === 1 ? 0 : 1;
  const last = box.host ? 0 : columns - 1;
  const slots = taken.map((one) => ({ ...one, height: Math.max(one.height, RESERVED) }));
  const heights = [MARGIN, ...slots.map((one) => one.y + one.height + GAP)].sort((a, b) => a - b);
  for (const y of heights) {
    for (let column = first; column <= last; column += 1) {
      const x = MARGIN + column * (BOX_WIDTH + GUTTER);
      const slot = { x, y, width: BOX_WIDTH, height: Math.max(box.height, RESERVED) };
      if (!slots.some((one) => overlaps(slot, one, LEAST_GAP))) {
        return { ...slot, height: box.height };
      }
    }
  }
  throw new Error("below the lowest box there is always room");
}

/**
 * Push boxes down that others have grown over; the upper one stays.
 * @param {Map<string, Rect>} places changed in place
 */
function pushApart(places) {
  const settled = [];
  for (const one of [...places.values()].sort((a, b) => a.y - b.y || a.x - b.x)) {
    let over = settled.filter((other) => overlaps(one, other, LEAST_GAP));
    while (over.length) {
      one.y = Math.max(...over.map((other) => other.y + other.height)) + GAP;
      over = settled.filter((other) => overlaps(one, other, LEAST_GAP));
    }
    settled.push(one);
  }
}

/**
 * Return the free place that is nearest to where a box was dropped.
 * @param {Rect} wanted @param {Rect[]} others @returns {Rect}
 */
export function nearestFree(wanted, others) {
  const start = { ...wanted, x: Math.max(0, wanted.x), y: Math.max(0, wanted.y) };
  const free = (/** @type {Rect} */ at) => !others.some((one) => overlaps(at, one, LEAST_GAP));
  if (free(start)) return start;
  for (let ring = 1; ring <= RINGS; ring += 1) {
    let best = null;
    let least = Infinity;
    for (let i = -ring; i <= ring; i += 1) {
      for (const [dx, dy] of [[i, -ring], [i, ring], [-ring, i], [ring, i]]) {
        const at = { ...start, x: start.x + dx * STEP, y: start.y + dy * STEP };
        const distance = dx * dx + dy * dy;
        if (at.x >= 0 && at.y >= 0 && distance < least && free(at)) [best, least] = [at, distance];
      }
    }
    if (best) return best;
  }
  return { ...start, y: Math.max(...others.map((one) => one.y + one.height)) + GAP };
}

/**
 * Return the size of the sheet that holds all boxes.
 * @param {Iterable<Rect>} places @returns {{width: number, height: number}}
 */
export function extent(places) {
  let [width, height] = [0, 0];
  for (const one of places) {
    width = Math.max(width, one.x + one.width + MARGIN);
    height = Math.max(height, one.y + one.height + MARGIN);
  }
  return { width, height };
}
