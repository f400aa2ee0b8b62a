/**
 * Plays the recordings of a page with the widgets' own scripts, without any kernel, and lets what
 * scrolls be scrolled by keyboard.
 *
 * A plain script, not a module: so it also works in a page that was opened as a file.
 */
(() => {
  /** What a widget reads from; nobody listens on the other side. */
  const model = (state) => ({
    get: (name) => state[name],
    set: (name, value) => { state[name] = value; },
    on() {}, off() {}, send() {}, save_changes() {},
  });

  const begin = () => {
    for (const place of document.querySelectorAll(".site-player")) {
      const story = JSON.parse(place.querySelector("script").textContent);
      const el = document.createElement("div");
      place.append(el);
      window.nslabWidgets[place.dataset.widget].render({ model: model({ story }), el });
    }
  };

  /** What scrolls can be scrolled by keyboard, too: it takes the focus unless something in it does. */
  const scrollable = () => {
    for (const one of document.querySelectorAll(".bd-article *")) {
      if (one.scrollWidth <= one.clientWidth && one.scrollHeight <= one.clientHeight) continue;
      if (!/auto|scroll/.test(getComputedStyle(one).overflow)) continue;
      if (!one.querySelector("a[href], button, input, select, summary, [tabindex]")) one.tabIndex = 0;
    }
  };
  // A page that was opened as a file may not read others for the search's excerpts: go without.
  if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS === "object") {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  }
  const all = () => { begin(); scrollable(); };
  addEventListener("resize", scrollable);
  addEventListener("toggle", scrollable, true); // what was folded has no size before
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", all);
  else all();
})();
