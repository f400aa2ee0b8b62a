/**
 * How does one get about in the picture with the keyboard?  Tab goes from box to box, the arrows
 * up and down into a box, left and right to the box beside it.
 *
 * @typedef {import("./shapes.js").Rect} Rect
 */

/**
 * Listen on the sheet that holds the boxes.
 * @param {HTMLElement} sheet
 * @param {{open: (id: string) => void, pull: (key: string) => void, mark: (id: string) => void,
 *   places: () => Map<string, Rect>, box: (key: string) => HTMLElement|null}} acts
 */
export function walk(sheet, acts) {
  sheet.addEventListener("click", (event) => {
    const target = /** @type {HTMLElement} */ (event.target).closest("button");
    if (!target) return;
    const { open, link, pull } = target.dataset;
    if (open ?? link) acts.open(/** @type {string} */ (open ?? link));
    else if (pull) acts.pull(pull);
  });
  const point = (/** @type {Event} */ event) => {
    const port = /** @type {HTMLElement} */ (event.target).closest("[data-link]");
    acts.mark(/** @type {HTMLElement|null} */ (port)?.dataset.link ?? "");
  };
  sheet.addEventListener("pointerover", point);
  sheet.addEventListener("focusin", point);
  sheet.addEventListener("keydown", (event) => {
    if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    const target = /** @type {HTMLElement} */ (event.target);
    const box = /** @type {HTMLElement|null} */ (target.closest(".nst-box"));
    if (!box) return;
    /** @type {HTMLElement|null|undefined} */
    let next;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const stops = /** @type {HTMLElement[]} */ ([...box.querySelectorAll(".nst-name, .nst-port")]);
      const here = stops.indexOf(/** @type {HTMLElement} */ (target.closest(".nst-name, .nst-port")));
      next = stops[here + (event.key === "ArrowDown" ? 1 : -1)];
    } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      const key = beside(box.dataset.key ?? "", event.key === "ArrowRight", acts.places());
      next = key === null ? null : acts.box(key)?.querySelector(".nst-name");
    } else return;
    event.preventDefault();
    next?.focus();
  });
}

/**
 * Return the nearest box on one side.
 * @param {string} key @param {boolean} right @param {Map<string, Rect>} places @returns {string|null}
 */
export function beside(key, right, places) {
  const here = places.get(key);
  if (!here) return null;
  let [best, least] = [/** @type {string|null} */ (null), Infinity];
  for (const [other, there] of places) {
    const dx = right ? there.x - here.x : here.x - there.x;
    const distance = dx + 2 * Math.abs(there.y - here.y);
    if (dx > 0 && distance < least) [best, least] = [other, distance];
  }
  return best;
}
