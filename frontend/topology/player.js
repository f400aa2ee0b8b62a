/**
 * How did the frames travel?  A recording, slowed down, step by step forward and back.
 *
 * The gaps between frames are the real ones, multiplied by the factor that stands on the screen;
 * a gap that would last longer than a few seconds is cut, and that is said.  The flight itself is
 * drawn longer than it was: it would be over before anyone saw it.
 *
 * @typedef {import("./shapes.js").Recording} Recording
 * @typedef {import("./shapes.js").Frame} Frame
 */

import { linkId } from "./difference.js";
import { button, make, svg } from "./dom.js";
import { pointOn } from "./wires.js";

const FLIGHT = 700; // milliseconds on the screen
const LONGEST = 3000; // milliseconds of a gap on the screen; the rest is cut
const SHORTEST = 250; // what a gap is meant to last at least
const FACTORS = [1, 10, 100, 1_000, 10_000, 100_000];

/**
 * Return how many times slower to play, so that the usual gap can be seen.
 * @param {Frame[]} frames @returns {number}
 */
export function factorFor(frames) {
  const gaps = frames.slice(1).map((frame, i) => frame.time - frames[i].time).filter((gap) => gap > 0);
  gaps.sort((a, b) => a - b);
  const usual = gaps[Math.floor(gaps.length / 4)] ?? 1000; // microseconds
  return FACTORS.find((factor) => (usual * factor) / 1000 >= SHORTEST) ?? 100_000;
}

/**
 * Make the player of a view.
 * @param {any} view see `view.js`
 */
export function makePlayer(view) {
  const { say } = view;
  /** @type {Recording|null} */
  let recording = null;
  let at = -1; // the frame that flew last; -1 before the first
  let playing = false;
  let timer = 0;
  let flight = 0;
  let cut = "";
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const text = make("p", { class: "nst-frame", role: "status" });
  const notes = make("ul", { class: "nst-notes" });
  const slider = make("input", { type: "range", min: 0, value: 0, "aria-label": say("frame"), oninput: () => go(Number(slider.value) - 1) });
  const speed = make("select", { "aria-label": say("speed") }, ...FACTORS.map((factor) => make("option", { value: factor }, say("slower", { factor: factor.toLocaleString("en") }))));
  const play = button(say("play"), () => (playing ? pause() : start()), { class: "nst-play" });
  const back = button(say("step back"), () => step(-1));
  const forward = button(say("step forward"), () => step(1));
  const element = make("div", { class: "nst-player", role: "group", "aria-label": say("recording"), hidden: true }, make("div", { class: "nst-buttons" }, back, play, forward, slider, speed), text, notes);
  const token = svg("g", { class: "nst-token", visibility: "hidden" }, svg("rect", { x: -15, y: -9, width: 30, height: 18, rx: 4 }), svg("path", { d: "M-8 0H7M2 -5L7 0L2 5" }));
  const label = svg("text", { class: "nst-token-text", y: -15, "text-anchor": "middle" });
  token.append(label);
  view.overlay.append(token);

  /** @param {Frame} frame @returns {{from: string, to: string}|null} the ends that it went between */
  const ends = (frame) => {
    const tap = /** @type {Recording} */ (recording).taps[frame.tap];
    const space = view.network().namespaces.find((/** @type {any} */ one) => (one.host ? "" : one.name) === tap.namespace);
    const link = space?.links.find((/** @type {any} */ one) => one.name === tap.link);
    if (!space || !link?.peer) return null;
    const [near, far] = [linkId(space.key, link.index), linkId(link.peer.namespace, link.peer.index)];
    return frame.outgoing ? { from: near, to: far } : { from: far, to: near };
  };
  /** @param {Frame} frame @param {boolean} backwards @param {boolean} moving */
  const fly = (frame, backwards, moving) => {
    cancelAnimationFrame(flight);
    const way = ends(frame);
    const wire = way && view.wire(way.from);
    view.markWire(wire ? wire.ends : []);
    token.setAttribute("visibility", wire ? "visible" : "hidden");
    if (!wire || !way) return;
    label.textContent = frame.kind;
    const begun = performance.now();
    const draw = () => {
      const wireNow = view.wire(way.from); // a box may be dragged meanwhile
      if (!wireNow) return;
      const done = !moving || still.matches ? 0.5 : Math.min(1, (performance.now() - begun) / FLIGHT);
      const part = backwards ? 1 - done : done;
      const { x, y } = pointOn(wireNow, way.from, part);
      const ahead = pointOn(wireNow, way.from, Math.min(1, part + 0.01));
      const behind = pointOn(wireNow, way.from, Math.max(0, part - 0.01));
      const turn = (Math.atan2(ahead.y - behind.y, ahead.x - behind.x) * 180) / Math.PI;
      token.setAttribute("transform", `translate(${x} ${y})`);
      token.children[1].setAttribute("transform", `rotate(${turn})`);
      if (moving && !still.matches && done < 1) flight = requestAnimationFrame(draw);
    };
    draw();
  };
  const describe = () => {
    const { frames, taps, left } = /** @type {Recording} */ (recording);
    slider.value = String(at + 1);
    slider.setAttribute("aria-valuetext", say("frame of", { number: at + 1, count: frames.length }));
    back.disabled = at < 0;
    forward.disabled = at >= frames.length - 1;
    play.textContent = say(playing ? "pause" : "play");
    const frame = frames[at];
    const factor = Number(speed.value).toLocaleString("en");
    const rate = say("slower is", { factor });
    if (!frame) text.textContent = [say("before the first", { count: frames.length }), rate].join("\n");
    else {
      const tap = taps[frame.tap];
      const where = `${tap.namespace || say("host")}: ${tap.link}`;
      const values = { number: at + 1, count: frames.length, time: frame.moment, where, length: frame.length };
      const first = `${say(frame.outgoing ? "frame sent" : "frame received", values)} ${frame.summary}`;
      const asides = [ends(frame) ? "" : say("no wire"), cut].filter(Boolean).join(" ");
      text.textContent = [first, frame.meaning, asides, rate].filter(Boolean).join("\n");
    }
    notes.replaceChildren(...[...(left ? [say("frames left out", { count: left })] : []), ...(recording?.notes ?? [])].map((note) => make("li", {}, note)));
  };
  /** @param {number} number */
  const go = (number) => {
    pause();
    cut = "";
    at = Math.max(-1, Math.min(number, /** @type {Recording} */ (recording).frames.length - 1));
    if (at >= 0) fly(/** @type {Recording} */ (recording).frames[at], false, false);
    else token.setAttribute("visibility", "hidden");
    describe();
  };
  /** @param {number} by */
  const step = (by) => {
    if (!recording) return;
    pause();
    cut = "";
    if (by > 0 && at < recording.frames.length - 1) {
      at += 1;
      fly(recording.frames[at], false, true);
    } else if (by < 0 && at >= 0) {
      fly(recording.frames[at], true, true);
      at -= 1;
    }
    describe();
  };
  const next = () => {
    const { frames } = /** @type {Recording} */ (recording);
    at += 1;
    fly(frames[at], false, true);
    cut = "";
    if (at >= frames.length - 1) playing = false;
    else {
      const gap = ((frames[at + 1].time - frames[at].time) * Number(speed.value)) / 1000;
      // One frame after the other: a flight is over before the next begins.
      const shown = Math.max(FLIGHT, Math.min(gap, LONGEST));
      if (gap > LONGEST) cut = say("gap cut", { time: frames[at].pause });
      timer = window.setTimeout(next, shown);
    }
    describe();
  };
  const start = () => {
    if (!recording?.frames.length) return;
    if (at >= recording.frames.length - 1) at = -1;
    playing = true;
    next();
  };
  const pause = () => {
    clearTimeout(timer);
    playing = false;
    if (recording) describe();
  };
  speed.addEventListener("change", () => describe());

  return {
    element,
    /** @param {Recording|null} given */
    load(given) {
      pause();
      cancelAnimationFrame(flight);
      recording = given;
      element.hidden = !given;
      token.setAttribute("visibility", "hidden");
      view.markWire([]);
      if (!given) return;
      at = -1;
      slider.max = String(given.frames.length);
      speed.value = String(factorFor(given.frames));
      describe();
    },
    stop() {
      clearTimeout(timer);
      cancelAnimationFrame(flight);
    },
  };
}
