/**
 * What if there are too many boxes for a picture?  A list that can be searched; what is chosen
 * there is drawn.
 *
 * @typedef {import("./shapes.js").Namespace} Namespace
 */

import { titleOf } from "./boxes.js";
import { make } from "./dom.js";

export const MOST_BOXES = 50; // beyond that the list takes over

/**
 * Make the list of a view.
 * @param {any} view see `view.js` @param {(key: string) => void} onChoose
 */
export function makeListing(view, onChoose) {
  const { say } = view;
  const rows = make("ul", { class: "nst-rows" });
  const count = make("p", { role: "status", class: "nst-count" });
  const search = make("input", { type: "search", autocomplete: "off", spellcheck: "false", "aria-label": say("search"), placeholder: say("search"), oninput: () => filter() });
  const element = make("div", { class: "nst-listing", role: "group", "aria-label": say("list"), hidden: true }, search, count, rows);
  /** @type {Map<string, {row: HTMLElement, control: HTMLButtonElement, text: string, drawn: string}>} */
  const known = new Map();

  const filter = () => {
    const wanted = search.value.trim().toLowerCase();
    let found = 0;
    for (const { row, text } of known.values()) {
      row.hidden = !text.includes(wanted);
      found += row.hidden ? 0 : 1;
    }
    count.textContent = say("found", { count: found, all: known.size });
  };
  /** @param {Namespace[]} namespaces @param {Set<string>} shown keys of the boxes in the picture */
  const update = (namespaces, shown) => {
    const there = new Set(namespaces.map((one) => one.key));
    for (const [key, { row }] of known) {
      if (!there.has(key)) {
        row.remove();
        known.delete(key);
      }
    }
    for (const one of namespaces) {
      const addresses = one.links.flatMap((link) => link.addresses).filter((text) => !/^(127\.|::1)/.test(text));
      const title = titleOf(one, say);
      const words = say("summary", { links: one.links.length, up: one.links.filter((link) => link.state === "up").length });
      const line = [words, ...addresses.slice(0, 2)].join(" · ");
      let entry = known.get(one.key);
      if (!entry) {
        const control = make("button", { type: "button", class: "nst-row", "data-row": one.key, onclick: () => onChoose(one.key) });
        const row = make("li", {}, control);
        entry = { row, control, text: "", drawn: "" };
        known.set(one.key, entry);
        rows.append(row);
      }
      const drawn = `${title}\n${line}\n${shown.has(one.key)}`;
      if (entry.drawn === drawn) continue;
      entry.drawn = drawn;
      entry.text = [title, ...one.links.map((link) => link.name), ...addresses].join(" ").toLowerCase();
      entry.control.setAttribute("aria-pressed", String(shown.has(one.key)));
      entry.control.replaceChildren(make("strong", {}, title), make("span", {}, line));
    }
    filter();
  };
  return { element, update };
}
