/**
 * What do both ends of the wire know, frame by frame?
 *
 * One ES module, loaded as it is.  Everything it shows is in `story`, which the kernel sends once:
 * it goes on working when the kernel is gone.  All text is set as text, never as markup.
 *
 * @typedef {{layer: string, name: string, offset: number, size: number, value: string,
 *   meaning: string}} Field  a part of a frame; offset and size in bytes
 * @typedef {{address: string, mac: string, state: string, told: string, news: string}} Neighbour
 *   a row of a neighbour table; `news` says in a word what is new about it, or is empty
 * @typedef {{column: number, link: string, time: string}} End  where and when a frame was seen
 * @typedef {{answers: string[], right: number}} Question  what comes next?
 * @typedef {{number: string, label: string, summary: string, meaning: string, from: End | null,
 *   to: End | null, size: number, bytes: string, fields: Field[], tables: Neighbour[][],
 *   question: Question | null}} Step  one frame; the first step is the moment before any
 * @typedef {{name: string, links: {name: string, mac: string}[]}} Column  a namespace
 * @typedef {{title: string, tongue: string, columns: Column[], steps: Step[], notes: string[],
 *   style: string, words: Record<string, string>}} Story
 */

const BYTES_A_ROW = 16;
const LONGEST = 40; // letters of a field's value
const LAYERS = 6; // colours for layers in the stylesheet

/**
 * Make an element.
 * @param {string} name its tag
 * @param {string} [part] what it is, for the stylesheet
 * @param {string} [text]
 * @param {Record<string, string>} [attributes]
 * @returns {HTMLElement}
 */
function make(name, part, text, attributes = {}) {
  const element = document.createElement(name);
  if (part) element.className = `nslab-${part}`;
  if (text !== undefined) element.textContent = text;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/**
 * Fill values into a sentence with {names}.
 * @param {string} sentence
 * @param {Record<string, string | number>} values
 */
function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_all, name) => String(values[name] ?? ""));
}

/**
 * Cut a long value, such as a packet's data: its bytes are shown anyway.
 * @param {string} value
 */
function shortened(value) {
  return value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
}

/**
 * Show a neighbour table.
 * @param {Neighbour[]} rows
 * @param {Record<string, string>} words
 */
function neighbourTable(rows, words) {
  const table = make("table", "neighbours");
  table.append(make("caption", "", words.neighbours));
  const head = make("tr");
  for (const heading of [words.address, words.mac, words.state]) {
    head.append(make("th", "", heading, { scope: "col" }));
  }
  const body = make("tbody");
  for (const row of rows) {
    const line = make("tr", row.news ? "news" : "");
    line.append(make("th", "", row.address, { scope: "row" }));
    line.append(make("td", "", row.mac || "–"));
    const state = make("td");
    state.append(make("span", `state nslab-${row.state.toLowerCase()}`, row.state));
    if (row.news) state.append(make("span", "flag", row.news));
    line.append(state);
    body.append(line);
    if (row.told) {
      const why = make("tr");
      why.append(make("td", "told", row.told, { colspan: "3" }));
      body.append(why);
    }
  }
  if (!rows.length) {
    const line = make("tr");
    line.append(make("td", "nothing", words.empty, { colspan: "3" }));
    body.append(line);
  }
  const top = make("thead");
  top.append(head);
  table.append(top, body);
  return table;
}

/**
 * Show where the frame goes: an arrow between two namespaces, or a stub with one end.
 * @param {Story} story
 * @param {Step} step
 */
function arrow(story, step) {
  const track = make("div", "track");
  track.style.gridTemplateColumns = `repeat(${story.columns.length}, minmax(0, 1fr))`;
  const ends = [step.from, step.to].filter((end) => end !== null);
  const places = ends.map((end) => /** @type {End} */ (end).column);
  if (!ends.length) {
    const quiet = make("div", "quiet", story.words.quiet);
    quiet.style.gridColumn = "1 / -1";
    track.append(quiet);
    return track;
  }
  const left = Math.min(...places);
  const right = Math.max(...places);
  const leftwards = places.length === 2 && places[0] > places[1];
  const line = make("div", `arrow ${leftwards ? "nslab-leftwards" : "nslab-rightwards"}`);
  line.style.gridColumn = `${left + 1} / ${right + 2}`;
  if (places.length < 2) line.classList.add("nslab-stub");
  const text = fill(story.words.onwire, { number: step.number, label: step.label, size: step.size });
  line.append(make("span", "frame", text));
  track.append(line);
  return track;
}

/**
 * Show a namespace: its links, the frame at its end, its neighbour table.
 * @param {Story} story
 * @param {Step} step
 * @param {number} place
 */
function namespaceBox(story, step, place) {
  const column = story.columns[place];
  const box = make("section", "box", undefined, { "aria-label": column.name });
  box.append(make("h4", "", column.name));
  for (const link of column.links) {
    const line = make("p", "link");
    line.append(make("b", "", link.name), make("code", "", link.mac));
    box.append(line);
  }
  const seen = [
    [step.from, story.words.sent],
    [step.to, story.words.received],
  ];
  for (const [end, sentence] of /** @type {[End | null, string][]} */ (seen)) {
    if (end && end.column === place) {
      box.append(make("p", "end", fill(sentence, { link: end.link, time: end.time })));
    }
  }
  box.append(neighbourTable(step.tables[place], story.words));
  return box;
}

/**
 * Show a frame's bytes beside its fields; pointing at one shows the other.
 * @param {Step} step
 * @param {Record<string, string>} words
 */
function byteView(step, words) {
  const view = make("div", "byteview");
  if (!step.bytes) return view;
  const layers = [...new Set(step.fields.map((field) => field.layer))];
  const bytes = step.bytes.match(/../g) ?? [];
  /** @type {HTMLElement[]} */
  const cells = [];
  const hex = make("div", "hex", undefined, { role: "group", "aria-label": words.bytes });
  /** @type {number[]} which field each byte is shown with first: of two that share it the last */
  const owner = new Array(bytes.length).fill(-1);
  step.fields.forEach((field, index) => {
    for (let at = field.offset; at < field.offset + field.size && at < bytes.length; at += 1) {
      owner[at] = index;
    }
  });
  for (let row = 0; row < bytes.length; row += BYTES_A_ROW) {
    const line = make("div", "row");
    line.append(make("span", "offset", String(row).padStart(3, "0"), { "aria-hidden": "true" }));
    for (let at = row; at < Math.min(row + BYTES_A_ROW, bytes.length); at += 1) {
      const field = step.fields[owner[at]];
      const layer = field ? layers.indexOf(field.layer) % LAYERS : 0;
      const cell = make("span", `byte nslab-layer${layer}`, bytes[at], { "data-at": String(at) });
      cells.push(cell);
      line.append(cell);
    }
    hex.append(line);
  }
  const list = make("div", "fields", undefined, { role: "listbox", "aria-label": words.fields });
  /** @type {HTMLElement[]} */
  const options = [];
  let shown = "";
  let clicked = -1; // the byte that was clicked last
  step.fields.forEach((field, index) => {
    if (field.layer !== shown) {
      shown = field.layer;
      const layer = layers.indexOf(field.layer) % LAYERS;
      list.append(make("div", `layer nslab-layer${layer}`, field.layer, { role: "presentation" }));
    }
    const option = make("div", "field", undefined, {
      role: "option",
      tabindex: index ? "-1" : "0",
      "aria-selected": "false",
    });
    option.append(make("span", "name", field.name), make("span", "value", shortened(field.value)));
    const sentence = field.size === 1 ? words.placeone : words.place;
    const place = fill(sentence, { first: field.offset, last: field.offset + field.size - 1 });
    option.append(make("span", "where", field.size ? place : ""));
    options.push(option);
    list.append(option);
  });
  const said = make("p", "said", words.point, { "aria-live": "polite" });

  /** @param {number} index @param {boolean} focus */
  function choose(index, focus) {
    const field = step.fields[index];
    if (!field) return;
    options.forEach((option, number) => {
      option.setAttribute("aria-selected", String(number === index));
      option.tabIndex = number === index ? 0 : -1;
    });
    cells.forEach((cell, at) => {
      const inside = at >= field.offset && at < field.offset + field.size;
      cell.classList.toggle("nslab-chosen", inside);
    });
    const sentence = field.meaning ? words.fieldmeans : words.fieldsays;
    said.textContent = fill(sentence, { ...field, value: shortened(field.value) });
    if (focus) options[index].focus();
    else if (!list.matches(":hover")) options[index].scrollIntoView({ block: "nearest" });
  }

  // Only where the pointer moves by itself: when the list scrolls below it, nothing is meant.
  /** @param {PointerEvent} event */
  const moved = (event) => event.movementX !== 0 || event.movementY !== 0;
  hex.addEventListener("pointermove", (event) => {
    const at = /** @type {HTMLElement} */ (event.target).dataset.at;
    if (at !== undefined && moved(event)) choose(owner[Number(at)], false);
  });
  hex.addEventListener("click", (event) => {
    const at = Number(/** @type {HTMLElement} */ (event.target).dataset.at);
    if (Number.isNaN(at)) return;
    // Two fields may share a byte: a second click goes on to the other.
    const sharing = step.fields.flatMap((field, index) =>
      at >= field.offset && at < field.offset + field.size ? [index] : [],
    );
    const now = sharing.findIndex((index) => options[index].ariaSelected === "true");
    const other = sharing[(now + 1) % sharing.length];
    choose(clicked === at ? other : owner[at], false);
    clicked = at;
  });
  options.forEach((option, index) => {
    option.addEventListener("pointermove", (event) => {
      if (moved(event)) choose(index, false);
    });
    option.addEventListener("click", () => choose(index, true));
    option.addEventListener("focus", () => choose(index, false));
    option.addEventListener("keydown", (event) => {
      const moves = { ArrowDown: 1, ArrowUp: -1, Home: -options.length, End: options.length };
      const move = moves[/** @type {keyof typeof moves} */ (event.key)];
      if (move === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      choose(Math.max(0, Math.min(options.length - 1, index + move)), true);
    });
  });
  const both = make("div", "both");
  both.append(hex, list);
  view.append(make("h4", "", fill(words.framebytes, { size: bytes.length })), both, said);
  return view;
}

/**
 * Put the scrubber into an element.
 * @param {{model: {get: (name: string) => any}, el: HTMLElement}} where
 */
function render({ model, el }) {
  /** @type {Story} */
  const story = model.get("story");
  const words = story.words;
  const last = story.steps.length - 1;
  let at = 0;
  let furthest = 0; // the last frame that was shown: what is behind it is no guess any more
  let asking = false;
  /** @type {string} what came of the last guess */
  let came = "";

  const root = make("div", `scrubber nslab-${story.style}`, undefined, {
    role: "group",
    lang: story.tongue,
    "aria-label": story.title,
  });
  const controls = make("div", "controls");
  /** @param {string} sign @param {string} name @param {() => void} act */
  function button(sign, name, act) {
    const made = /** @type {HTMLButtonElement} */ (
      make("button", "button", undefined, { type: "button", title: name })
    );
    made.append(make("span", "sign", sign, { "aria-hidden": "true" }), make("span", "", name));
    made.addEventListener("click", act);
    controls.append(made);
    return made;
  }
  const toFirst = button("|◀", words.first, () => go(0));
  const back = button("◀", words.back, () => go(at - 1));
  const next = button("▶", words.next, () => forward());
  const toLast = button("▶|", words.last, () => go(last));
  const slider = /** @type {HTMLInputElement} */ (
    make("input", "slider", undefined, {
      type: "range",
      min: "0",
      max: String(last),
      step: "1",
      "aria-label": words.slider,
    })
  );
  slider.addEventListener("input", () => go(Number(slider.value)));
  const label = make("label", "ask");
  const ask = /** @type {HTMLInputElement} */ (make("input", "", undefined, { type: "checkbox" }));
  ask.checked = true;
  ask.addEventListener("change", () => {
    if (!ask.checked && asking) go(at);
  });
  label.append(ask, make("span", "", words.ask));
  controls.append(slider, label);

  const where = make("p", "where-now");
  const says = make("p", "meaning", undefined, { "aria-live": "polite" });
  const guess = make("div", "guess");
  const stage = make("div", "stage");
  const view = make("div", "bytes");
  const notes = make("div", "notes");
  for (const note of story.notes) notes.append(make("p", "note", note));
  root.append(make("h3", "title", story.title), controls, where, guess, says, stage, view, notes);

  /** One frame on; the first time with a question. */
  function forward() {
    if (at >= last) return;
    if (ask.checked && at === furthest && story.steps[at + 1].question && !asking) {
      asking = true;
      show();
      /** @type {HTMLElement | null} */ (guess.querySelector("input"))?.focus();
      return;
    }
    go(at + 1);
  }

  /** @param {number} place */
  function go(place) {
    asking = false;
    came = "";
    at = Math.max(0, Math.min(last, place));
    furthest = Math.max(furthest, at);
    show();
  }

  /** Ask what comes next. @param {Question} question */
  function questionForm(question) {
    const form = make("form", "question");
    const set = make("fieldset");
    set.append(make("legend", "", words.question));
    const group = `nslab-${Math.random().toString(36).slice(2)}`;
    question.answers.forEach((answer, number) => {
      const line = make("label", "answer");
      const dot = make("input", "", undefined, {
        type: "radio",
        name: group,
        value: String(number),
      });
      line.append(dot, make("span", "", answer));
      set.append(line);
    });
    const send = make("button", "button", words.compare, { type: "submit" });
    const skip = make("button", "button", words.show, { type: "button" });
    skip.addEventListener("click", () => {
      go(at + 1);
      next.focus();
    });
    form.append(set, send, skip);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = /** @type {HTMLInputElement | null} */ (form.querySelector("input:checked"));
      if (!chosen) return;
      const picked = Number(chosen.value);
      go(at + 1);
      came = fill(picked === question.right ? words.right : words.wrong, {
        guess: question.answers[picked],
        answer: question.answers[question.right],
      });
      show();
      next.focus();
    });
    return form;
  }

  /** Draw what is at this place. */
  function show() {
    const step = story.steps[at];
    const there = { number: at, count: last, label: step.label };
    slider.value = String(at);
    slider.setAttribute("aria-valuetext", at ? fill(words.valuetext, there) : words.before);
    where.textContent = at ? fill(words.valuetext, there) : words.before;
    // A button that is switched off loses the focus; it is handed on, so that keys go on working.
    const had = document.activeElement;
    toFirst.disabled = back.disabled = at === 0;
    next.disabled = toLast.disabled = at === last;
    if (had instanceof HTMLButtonElement && had.disabled) (at ? back : next).focus();
    guess.replaceChildren();
    const ahead = story.steps[at + 1];
    if (asking && ahead?.question) guess.append(questionForm(ahead.question));
    else if (came) guess.append(make("p", "came", came, { role: "status" }));
    says.textContent = asking ? "" : step.meaning;
    stage.replaceChildren(arrow(story, step));
    const boxes = make("div", "boxes");
    boxes.style.gridTemplateColumns = `repeat(${story.columns.length}, minmax(0, 1fr))`;
    story.columns.forEach((_column, place) => boxes.append(namespaceBox(story, step, place)));
    stage.append(boxes);
    view.replaceChildren(byteView(step, words));
    // JupyterLab takes the arrow keys for its cells, but where an element says otherwise itself.
    for (const element of root.querySelectorAll("button, input, [tabindex]")) {
      element.setAttribute("data-lm-suppress-shortcuts", "true");
    }
  }

  root.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (target instanceof HTMLInputElement) return; // a slider and radio buttons have own keys
    const acts = {
      ArrowRight: forward,
      ArrowLeft: () => go(at - 1),
      Home: () => go(0),
      End: () => go(last),
    };
    const act = acts[/** @type {keyof typeof acts} */ (event.key)];
    if (!act) return;
    event.preventDefault();
    act();
  });

  el.append(root);
  show();
  return () => root.remove();
}

export default { render };
