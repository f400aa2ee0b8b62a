// Made by `make frontend` from frontend/topology/*.js, which are to be edited instead.

const difference_js = (() => {
/**
 * What is new since the last picture?  Said to a screen reader, and shown by a short glow.
 *
 * @typedef {import("./shapes.js").Network} Network
 * @typedef {import("./shapes.js").Namespace} Namespace
 * @typedef {import("./shapes.js").Link} Link
 * @typedef {{key: string, values: Record<string, string>}} Statement a text's key, and what goes into it
 * @typedef {{statements: Statement[], touched: Set<string>}} Difference
 */

/** @param {string} namespace @param {number} index @returns {string} what identifies a link here */
function linkId(namespace, index) {
  return `${namespace}/${index}`;
}

/**
 * Compare two pictures.
 * @param {Network|null} before @param {Network} after @param {string} host the host's name on screen
 * @returns {Difference}
 */
function compare(before, after, host) {
  /** @type {Difference} */
  const found = { statements: [], touched: new Set() };
  if (!before) return found;
  const old = new Map(before.namespaces.map((one) => [one.key, one]));
  const now = new Set(after.namespaces.map((one) => one.key));
  for (const one of before.namespaces) {
    if (!now.has(one.key)) say(found, "namespace removed", { namespace: one.name || host });
  }
  for (const one of after.namespaces) {
    const was = old.get(one.key);
    const name = one.name || host;
    if (was) inside(found, was, one, name);
    else {
      say(found, "namespace added", { namespace: name });
      found.touched.add(one.key);
    }
  }
  return found;
}

/** @param {Difference} found @param {string} key @param {Record<string, string>} values */
function say(found, key, values) {
  found.statements.push({ key, values });
}

/** @param {Difference} found @param {Namespace} was @param {Namespace} is @param {string} namespace */
function inside(found, was, is, namespace) {
  const old = new Map(was.links.map((link) => [link.index, link]));
  const now = new Set(is.links.map((link) => link.index));
  for (const link of was.links) {
    if (!now.has(link.index)) say(found, "link removed", { link: link.name, namespace });
  }
  for (const link of is.links) {
    const before = old.get(link.index);
    if (!before) say(found, "link added", { link: link.name, namespace });
    if (!before || changed(found, before, link, namespace)) {
      found.touched.add(linkId(is.key, link.index));
    }
  }
  if (JSON.stringify(was.routes) !== JSON.stringify(is.routes)) {
    say(found, "routes changed", { namespace, count: String(is.routes.length) });
    found.touched.add(`${is.key}#routes`);
  }
  neighbours(found, was, is, namespace);
  if (was.rules !== is.rules) {
    say(found, "rules changed", { namespace, count: String(is.rules ?? 0) });
    found.touched.add(`${is.key}#rules`);
  }
}

/**
 * @param {Difference} found @param {Link} was @param {Link} is @param {string} namespace
 * @returns {boolean} whether the link looks different
 */
function changed(found, was, is, namespace) {
  const count = found.statements.length;
  const values = { link: is.name, namespace };
  if (was.name !== is.name) say(found, "link renamed", { ...values, before: was.name });
  if (was.state !== is.state) say(found, `link ${is.state}`, values);
  for (const address of is.addresses) {
    if (!was.addresses.includes(address)) say(found, "address added", { ...values, address });
  }
  for (const address of was.addresses) {
    if (!is.addresses.includes(address)) say(found, "address removed", { ...values, address });
  }
  return found.statements.length > count || JSON.stringify(was) !== JSON.stringify(is);
}

/** @param {Difference} found @param {Namespace} was @param {Namespace} is @param {string} namespace */
function neighbours(found, was, is, namespace) {
  const old = new Map(was.neighbours.map((one) => [`${one.link} ${one.address}`, one.state]));
  for (const one of is.neighbours) {
    const before = old.get(`${one.link} ${one.address}`);
    if (before === one.state) continue;
    found.touched.add(`${is.key}#neighbours`);
    // An entry grows old by itself: shown, but nobody is interrupted for it.
    if (one.state !== "STALE") {
      say(found, "neighbour", { namespace, address: one.address, state: one.state });
    }
  }
  if (is.neighbours.length < was.neighbours.length) found.touched.add(`${is.key}#neighbours`);
}
return { linkId, compare };
})();

const dom_js = (() => {
/** How is an element made?  Text goes in as text, so a name is never read as HTML. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, unknown>} [attributes] null and false leave one out; `on…` is a listener
 * @param {...(Node|string|null)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false || value === undefined) continue;
    if (name.startsWith("on")) {
      element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    } else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/**
 * Make an SVG element.
 * @param {string} tag @param {Record<string, string|number>} [attributes] @param {...Node} children
 * @returns {SVGElement}
 */
function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/**
 * Make a button.
 * @param {string} text @param {(event: MouseEvent) => void} act @param {Record<string, unknown>} [attributes]
 * @returns {HTMLButtonElement}
 */
function button(text, act, attributes = {}) {
  return make("button", { type: "button", onclick: act, ...attributes }, text);
}

/**
 * Make a table with headings.
 * @param {string} caption @param {string[]} headings @param {string[][]} rows
 * @returns {HTMLElement}
 */
function table(caption, headings, rows) {
  const head = make("tr", {}, ...headings.map((text) => make("th", { scope: "col" }, text)));
  const lines = rows.map((row) => make("tr", {}, ...row.map((text) => make("td", {}, text))));
  return make(
    "div",
    { class: "nst-table", role: "group", "aria-label": caption },
    make("table", {}, make("caption", {}, caption), make("thead", {}, head), make("tbody", {}, ...lines)),
  );
}

/**
 * Keep the letters of a name from rearranging what stands around it.
 * @param {string} name @returns {string}
 */
function isolated(name) {
  return /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufefc]/.test(name) ? `\u2068${name}\u2069` : name;
}

/**
 * Return a function that looks a text up and fills values in.
 * @param {Record<string, string>} words @returns {import("./shapes.js").Say}
 */
function speaker(words) {
  return (key, values = {}) =>
    (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => isolated(String(values[name] ?? whole)));
}
return { make, svg, button, table, isolated, speaker };
})();

const boxes_js = (() => {
/**
 * How does a namespace look?  A box with its name, its links as ports, and what it knows.
 *
 * @typedef {import("./shapes.js").Namespace} Namespace
 * @typedef {import("./shapes.js").Link} Link
 * @typedef {import("./shapes.js").Say} Say
 * @typedef {{say: Say, nameOf: (end: import("./shapes.js").End) => string|null, touched: Set<string>,
 *   detailed: boolean, most: number, wired: (link: Link) => boolean}} Setting
 * @typedef {{element: HTMLElement, ports: Map<number, HTMLElement>}} Box
 */

const { linkId } = difference_js;
const { make } = dom_js;

const MARKS = { up: "▲", down: "▽", "no carrier": "△" };
const FEW = 3; // routes and neighbours that a box shows; the panel shows all

/** @param {Namespace} namespace @param {Say} say @returns {string} */
function titleOf(namespace, say) {
  return namespace.host ? say("host") : namespace.name;
}

/** @param {Link} link @param {Say} say @returns {string} its state in words */
function stateOf(link, say) {
  return say(`state ${link.state}`);
}

/** @param {Link} link @returns {string} the state's shape */
function markOf(link) {
  return MARKS[/** @type {keyof typeof MARKS} */ (link.state)] ?? "▽";
}

/**
 * Draw a box.
 * @param {Namespace} namespace @param {Setting} setting @returns {Box}
 */
function drawBox(namespace, setting) {
  const { say } = setting;
  const title = titleOf(namespace, say);
  /** @type {Map<number, HTMLElement>} */
  const ports = new Map();
  const shown = chosen(namespace, setting);
  const list = make("ul", { class: "nst-ports" });
  for (const link of shown.filter((one) => !isPort(one, shown))) {
    const item = drawPort(namespace, link, setting, ports);
    const mine = shown.filter((one) => one.master === link.name);
    if (link.kind === "bridge") item.classList.add("nst-bridge");
    if (mine.length) {
      const inner = mine.map((one) => drawPort(namespace, one, setting, ports));
      item.append(make("ul", { "aria-label": say("ports of", { bridge: link.name }) }, ...inner));
    }
    list.append(item);
  }
  const hidden = namespace.links.length - shown.length;
  if (hidden > 0) list.append(make("li", { class: "nst-more" }, say("more links", { count: hidden })));
  const element = make(
    "section",
    { class: "nst-box", role: "group", "aria-label": say("namespace", { namespace: title }), "data-key": namespace.key },
    make(
      "header",
      { class: "nst-head" },
      make(
        "button",
        { type: "button", class: "nst-name", "data-open": namespace.key, "aria-keyshortcuts": "Shift+ArrowUp Shift+ArrowDown Shift+ArrowLeft Shift+ArrowRight", title: say("box help") },
        title,
      ),
      make(
        "button",
        { type: "button", class: "nst-pull", "data-pull": namespace.key, "aria-label": say("wire from", { namespace: title }), title: say("wire from", { namespace: title }) },
        "+",
      ),
    ),
    list,
    ...knowledge(namespace, setting),
  );
  if (namespace.host) element.classList.add("nst-host");
  return { element, ports };
}

/** @param {Namespace} namespace @param {Setting} setting @returns {Link[]} those with a wire first, if there are too many */
function chosen(namespace, setting) {
  if (namespace.links.length <= setting.most) return namespace.links;
  const important = namespace.links.filter((link) => setting.wired(link) || link.kind === "bridge");
  const others = namespace.links.filter((link) => !important.includes(link));
  const kept = new Set([...important, ...others].slice(0, setting.most));
  return namespace.links.filter((link) => kept.has(link));
}

/** @param {Link} link @param {Link[]} links @returns {boolean} whether it is drawn inside its bridge */
function isPort(link, links) {
  return link.master !== null && links.some((one) => one.name === link.master && one !== link);
}

/**
 * @param {Namespace} namespace @param {Link} link @param {Setting} setting
 * @param {Map<number, HTMLElement>} ports @returns {HTMLElement}
 */
function drawPort(namespace, link, setting, ports) {
  const { say } = setting;
  const id = linkId(namespace.key, link.index);
  const state = stateOf(link, say);
  const word = link.kind === "bridge" ? say("bridge") : link.vni === null ? "" : `VXLAN ${link.vni}`;
  const kind = word ? [make("span", { class: "nst-kind" }, word)] : [];
  const far = link.peer && setting.nameOf(link.peer);
  const lower = link.lower && setting.nameOf(link.lower);
  const lines = [
    ...link.addresses.map((address) => make("span", { class: "nst-address" }, address)),
    ...(far ? [make("span", { class: "nst-far" }, `↔ ${far}`)] : []),
    ...(lower ? [make("span", { class: "nst-far" }, say("hangs on", { kind: link.kind, link: lower }))] : []),
  ];
  const port = make(
    "button",
    { type: "button", class: "nst-port", "data-link": id, "data-state": link.state, tabindex: "-1" },
    make("span", { class: "nst-mark", "aria-hidden": "true" }, markOf(link)),
    make("span", { class: "nst-link" }, link.name),
    ...kind,
    make("span", { class: "nst-words" }, state),
    ...lines,
  );
  ports.set(link.index, port);
  return make("li", { class: glow(setting.touched, id) }, port);
}

/** @param {Set<string>} touched @param {string} id @returns {string} */
function glow(touched, id) {
  return touched.has(id) ? "nst-new" : "";
}

/** @param {Namespace} namespace @param {Setting} setting @returns {HTMLElement[]} routes, neighbours and rules */
function knowledge(namespace, { say, detailed, touched }) {
  const { key, routes, neighbours, rules } = namespace;
  const counted = say("facts", { routes: routes.length, neighbours: neighbours.length, rules: rules ?? "?" });
  const changed = ["routes", "neighbours", "rules"].some((what) => touched.has(`${key}#${what}`));
  if (!detailed) return [make("p", { class: `nst-facts ${changed ? "nst-new" : ""}` }, counted)];
  const parts = [];
  /** @param {string} what @param {string[]} lines */
  const part = (what, lines) => {
    const shown = lines.slice(0, FEW).map((line) => make("li", {}, line));
    if (lines.length > FEW) shown.push(make("li", {}, say("more", { count: lines.length - FEW })));
    parts.push(
      make("div", { class: `nst-facts ${glow(touched, `${key}#${what}`)}` }, say(what), make("ul", {}, ...shown)),
    );
  };
  if (routes.length) part("routes", routes.map((route) => routeInWords(route)));
  if (neighbours.length) {
    part("neighbours", neighbours.map((one) => `${one.address} ${one.state}`));
  }
  if (rules) {
    const words = say("rules", { count: rules });
    parts.push(make("p", { class: `nst-facts ${glow(touched, `${key}#rules`)}` }, words));
  }
  return parts;
}

/** @param {import("./shapes.js").Route} route @returns {string} as `ip route` writes it */
function routeInWords(route) {
  const via = route.via ? ` via ${route.via}` : "";
  return `${route.destination}${via}${route.link ? ` dev ${route.link}` : ""}`;
}
return { titleOf, stateOf, markOf, drawBox, routeInWords };
})();

const line_js = (() => {
/**
 * How does an act get to the kernel, and what comes back?
 *
 * Each question has a number of its own, so that of several views only the one that asked
 * answers.  The kernel side says at once that it has received it; where that takes long, a cell is
 * running and the front end has no second way in.
 *
 * @typedef {import("./shapes.js").Refusal} Refusal
 * @typedef {{waiting?: () => void, received?: () => void, line?: (text: string) => void,
 *   text?: (text: string) => void,
 *   done: (answer: any) => void}} Listener
 */

const SOON = 700; // milliseconds after which the button says that it waits

/**
 * Open the line of a view.
 * @param {any} model @param {() => void} heard called for each message
 * @returns {{ask: (message: object, listener: Listener) => string, tell: (message: object) => void, close: () => void}}
 */
function openLine(model, heard) {
  /** @type {Map<string, Listener & {timer: number}>} */
  const open = new Map();
  const view = Math.random().toString(36).slice(2);
  let count = 0;

  /** @param {any} message */
  const hear = (message) => {
    heard();
    const { id } = message ?? {};
    const listener = open.get(id);
    if (!listener) return;
    clearTimeout(listener.timer);
    if (message.type === "received") listener.received?.();
    else if (message.type === "line") listener.line?.(message.text);
    else if (message.type === "text") listener.text?.(message.text);
    else if (message.type === "done") {
      open.delete(id);
      listener.done(message);
    }
  };
  model.on("msg:custom", hear);
  return {
    ask(message, listener) {
      count += 1;
      const id = `${view}-${count}`;
      const timer = window.setTimeout(() => listener.waiting?.(), SOON);
      open.set(id, { ...listener, timer });
      model.send({ ...message, id });
      return id;
    },
    tell(message) {
      model.send(message);
    },
    close() {
      for (const { timer } of open.values()) clearTimeout(timer);
      open.clear();
      model.off("msg:custom", hear);
    },
  };
}
return { openLine };
})();

const listing_js = (() => {
/**
 * What if there are too many boxes for a picture?  A list that can be searched; what is chosen
 * there is drawn.
 *
 * @typedef {import("./shapes.js").Namespace} Namespace
 */

const { titleOf } = boxes_js;
const { make } = dom_js;

const MOST_BOXES = 50; // beyond that the list takes over

/**
 * Make the list of a view.
 * @param {any} view see `view.js` @param {(key: string) => void} onChoose
 */
function makeListing(view, onChoose) {
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
return { MOST_BOXES, makeListing };
})();

const cells_js = (() => {
/**
 * How does a command get into the notebook?  Copied anywhere; put into a new cell where JupyterLab
 * lets a page reach the application, as `nslabkit lab` asks it to (`expose_app_in_browser`).
 */

/** @returns {any} JupyterLab's application, if it can be reached */
function application() {
  return /** @type {any} */ (globalThis).jupyterapp ?? null;
}

/**
 * Return the notebook that a view belongs to: it stands in it, or shares its kernel.
 * @param {HTMLElement} element @param {any} model @returns {any}
 */
function notebookOf(element, model) {
  const app = application();
  if (!app?.shell?.widgets) return null;
  const kernel = model.widget_manager?.kernel?.id;
  const panels = [...app.shell.widgets("main")].filter((one) => one.content?.model?.sharedModel?.insertCell);
  return (
    panels.find((one) => one.node.contains(element)) ??
    panels.find((one) => kernel && one.sessionContext?.session?.kernel?.id === kernel) ??
    null
  );
}

/** @param {HTMLElement} element @param {any} model @returns {boolean} */
function canInsert(element, model) {
  return notebookOf(element, model) !== null;
}

/**
 * Put a code cell below the one that shows the view, or below the active one.
 * @param {HTMLElement} element @param {any} model @param {string} source
 */
function insert(element, model, source) {
  const { content } = notebookOf(element, model);
  const inside = content.widgets.findIndex((/** @type {any} */ cell) => cell.node.contains(element));
  const above = inside >= 0 ? inside : content.activeCellIndex;
  const cell = { cell_type: "code", source, metadata: { trusted: true } };
  content.model.sharedModel.insertCell(above + 1, cell);
}

/** @param {string} text @returns {Promise<boolean>} whether the clipboard has it now */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without https only the old way is allowed, and not everywhere.
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    area.style.opacity = "0";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
return { canInsert, insert, copy };
})();

const commands_js = (() => {
/**
 * Which commands does a click stand for?  The `ip` command and the Python line of each act, as
 * `nslabkit/show/topology/acts.py` runs it (why twice:
 * docs/decisions/008-commands-of-a-click.md; both are tested against one table).
 *
 * @typedef {import("./shapes.js").Fields} Fields
 * @typedef {{ip: string, python: string}} Commands
 */

/** @param {string} word @returns {string} the word as a POSIX shell reads it back */
function shell(word) {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}

/** @param {string} text @returns {string} the text as a Python literal */
function python(text) {
  return JSON.stringify(text);
}

/** @param {string} namespace "" for the host @param {string} words @returns {string} */
function ip(namespace, words) {
  return namespace ? `ip -n ${shell(namespace)} ${words}` : `ip ${words}`;
}

/** @param {string} namespace @param {string} [name] @returns {string} a keyword argument, none for the host */
function where(namespace, name = "namespace") {
  return namespace ? `, ${name}=${python(namespace)}` : "";
}

/** @type {Record<string, (f: Fields) => Commands>} */
const ACTS = {
  namespace: (f) => ({
    ip: `ip netns add ${shell(f.name)}`,
    python: `lab.namespaces.add(${python(f.name)})`,
  }),
  wire: (given) => {
    // `ip` names the other end's namespace, and the host has no name: so it is the first end.
    const swap = !given.to && given.namespace;
    const f = swap
      ? { namespace: given.to, name: given.peer, to: given.namespace, peer: given.name }
      : given;
    const target = f.to === f.namespace ? "" : ` netns ${shell(f.to)}`;
    return {
      ip: ip(f.namespace, `link add ${shell(f.name)} type veth peer name ${shell(f.peer)}${target}`),
      python: `lab.links.add_veth(${python(f.name)}, ${python(f.peer)}${where(f.namespace)}${where(f.to, "peer_namespace")})`,
    };
  },
  address: (f) => ({
    ip: ip(f.namespace, `addr add ${shell(f.address)} dev ${shell(f.link)}`),
    python: `lab.addresses.add(${python(f.address)}, ${python(f.link)}${where(f.namespace)})`,
  }),
  "remove address": (f) => ({
    ip: ip(f.namespace, `addr del ${shell(f.address)} dev ${shell(f.link)}`),
    python: `lab.addresses.remove(${python(f.address)}, ${python(f.link)}${where(f.namespace)})`,
  }),
  up: (f) => ({
    ip: ip(f.namespace, `link set ${shell(f.link)} up`),
    python: `lab.links.up(${python(f.link)}${where(f.namespace)})`,
  }),
  down: (f) => ({
    ip: ip(f.namespace, `link set ${shell(f.link)} down`),
    python: `lab.links.down(${python(f.link)}${where(f.namespace)})`,
  }),
  "remove link": (f) => ({
    ip: ip(f.namespace, `link del ${shell(f.link)}`),
    python: `lab.links.remove(${python(f.link)}${where(f.namespace)})`,
  }),
  "remove namespace": (f) => ({
    ip: `ip netns del ${shell(f.namespace)}`,
    python: `lab.namespaces.remove(${python(f.namespace)})`,
  }),
  ping: (f) => {
    const ping = `ping -c ${shell(f.count)} ${shell(f.address)}`;
    return {
      ip: f.namespace ? `ip netns exec ${shell(f.namespace)} ${ping}` : ping,
      python: f.namespace
        ? `lab.namespaces.namespace(${python(f.namespace)}).run(${python(ping)})`
        : `lab.namespaces.HOST.run(${python(ping)})`,
    };
  },
  capture: (f) => {
    const tcpdump = `tcpdump -n -i ${f.link ? shell(f.link) : "any"}`;
    const what = [f.namespace, f.link].filter(Boolean).join("/");
    return {
      ip: f.namespace ? `ip netns exec ${shell(f.namespace)} ${tcpdump}` : tcpdump,
      python: `with lab.capture(${what ? python(what) : "lab.HOST"}) as recording:\n    lab.HOST.run(${python(`sleep ${f.seconds}`)})`,
    };
  },
};

/** @param {string} act @param {Fields} fields @returns {Commands} */
function commandsOf(act, fields) {
  return ACTS[act](fields);
}
return { shell, python, commandsOf };
})();

const fields_js = (() => {
/**
 * What does each act ask for?  Lists offer what exists in the kernel now.
 *
 * @typedef {import("./shapes.js").Network} Network
 * @typedef {import("./shapes.js").Namespace} Namespace
 * @typedef {import("./shapes.js").Fields} Fields
 * @typedef {import("./shapes.js").Say} Say
 * @typedef {HTMLInputElement|HTMLSelectElement} Control
 */

const { titleOf } = boxes_js;
const { make } = dom_js;

/** @type {Record<string, string[]>} */
const FIELDS = {
  namespace: ["name"],
  wire: ["namespace", "name", "to", "peer"],
  address: ["namespace", "link", "address"],
  "remove address": ["namespace", "link", "address"],
  up: ["namespace", "link"],
  down: ["namespace", "link"],
  "remove link": ["namespace", "link"],
  "remove namespace": ["namespace"],
  ping: ["namespace", "address", "count"],
  capture: ["namespace", "link", "seconds"],
};

/** @param {Network} network @param {string} name @returns {Namespace|undefined} */
function named(network, name) {
  return network.namespaces.find((one) => (one.host ? "" : one.name) === name);
}

/** @param {Network} network @param {string} name @returns {string[]} */
function linksOf(network, name) {
  return (named(network, name)?.links ?? []).map((link) => link.name);
}

/** @param {string} stem @param {(name: string) => boolean} taken @returns {number} the first free number */
function freeNumber(stem, taken) {
  let number = 1;
  while (taken(`${stem}${number}`)) number += 1;
  return number;
}

/**
 * Return what a form holds when it opens; `given` wins.
 * @param {string} act @param {Network} network @param {Fields} given @returns {Fields}
 */
function defaults(act, network, given) {
  const names = network.namespaces.map((one) => (one.host ? "" : one.name));
  const fields = { namespace: names[0] ?? "", ...given };
  if (act === "namespace") {
    return { name: `netns${freeNumber("netns", (name) => names.includes(name))}`, ...given };
  }
  if (act === "wire") {
    const to = given.to ?? names.find((name) => name !== fields.namespace) ?? fields.namespace;
    const there = [...linksOf(network, fields.namespace), ...linksOf(network, to)];
    const used = (/** @type {string} */ name) => there.includes(name) || there.includes(`${name}-peer`);
    const name = `veth${freeNumber("veth", used)}`;
    return { name, peer: `${name}-peer`, ...fields, to };
  }
  if (act === "ping") {
    return { address: otherAddresses(network, fields.namespace)[0] ?? "127.0.0.1", count: "3", ...fields };
  }
  const links = linksOf(network, fields.namespace);
  const link = links.find((name) => name !== "lo") ?? links[0] ?? "";
  if (act === "capture") return { link: "", seconds: "10", ...fields };
  return act === "address" ? { link, address: freeAddress(network), ...fields } : { link, ...fields };
}

/** @param {Network} network @returns {string} the next address that nobody has */
function freeAddress(network) {
  const used = new Set(allAddresses(network).map(({ address }) => address.split("/")[0]));
  let last = 1;
  while (used.has(`172.16.0.${last}`)) last += 1;
  return `172.16.0.${last}/24`;
}

/** @param {Network} network @returns {{name: string, address: string}[]} */
function allAddresses(network) {
  return network.namespaces.flatMap((one) =>
    one.links.flatMap((link) =>
      link.addresses.map((address) => ({ name: one.host ? "" : one.name, address })),
    ),
  );
}

/** @param {Network} network @param {string} from @returns {string[]} where a ping may go, others first */
function otherAddresses(network, from) {
  const all = allAddresses(network).filter(({ address }) => !/^(127\.|::1\/|fe80:)/.test(address));
  const sorted = [...all.filter((one) => one.name !== from), ...all.filter((one) => one.name === from)];
  return [...new Set(sorted.map(({ address }) => address.split("/")[0]))];
}

/**
 * Make the control for a field.
 * @param {string} field @param {string} value @param {string} id @returns {Control}
 */
function control(field, value, id) {
  if (["namespace", "to", "link"].includes(field)) {
    return make("select", { id, name: field, "data-wanted": value });
  }
  const number = field === "count" || field === "seconds";
  const control = make("input", {
    id,
    name: field,
    type: number ? "number" : "text",
    min: number ? 1 : null,
    max: number ? 600 : null,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    list: field === "address" ? `${id}-list` : null,
  });
  control.value = value;
  return control;
}

/**
 * Let the lists of a form offer what exists now, and keep what is chosen.
 * @param {string} act @param {HTMLFormElement} form @param {Network} network @param {Say} say
 */
function refresh(act, form, network, say) {
  /** @param {HTMLSelectElement} select @param {[string, string][]} there */
  const offer = (select, there) => {
    const wanted = select.options.length ? select.value : (select.dataset.wanted ?? "");
    // What was chosen and has gone stays chosen: nothing else may be removed in its place.
    const known = there.some(([value]) => value === wanted);
    const options = known || !wanted ? there : [...there, /** @type {[string, string]} */ ([wanted, wanted])];
    const same = [...select.options].map((one) => `${one.value}\n${one.text}`).join("\n\n");
    if (same === options.map(([value, text]) => `${value}\n${text}`).join("\n\n")) return;
    select.replaceChildren(...options.map(([value, text]) => make("option", { value }, text)));
    if (options.some(([value]) => value === wanted)) select.value = wanted;
  };
  /** @type {[string, string][]} */
  const spaces = network.namespaces.map((one) => [one.host ? "" : one.name, titleOf(one, say)]);
  const removable = spaces.filter(([name]) => name !== "");
  const select = (/** @type {string} */ name) => /** @type {HTMLSelectElement|null} */ (form.elements.namedItem(name));
  const from = select("namespace");
  if (from) offer(from, act === "remove namespace" ? removable : spaces);
  const to = select("to");
  if (to) offer(to, spaces);
  const link = select("link");
  if (link) {
    /** @type {[string, string][]} */
    const links = linksOf(network, from?.value ?? "").map((name) => [name, name]);
    offer(link, act === "capture" ? [["", say("all links")], ...links] : links);
  }
  const list = form.querySelector("datalist");
  if (list && act === "ping") {
    const addresses = otherAddresses(network, from?.value ?? "");
    list.replaceChildren(...addresses.map((value) => make("option", { value })));
  }
}

/** @param {HTMLFormElement} form @returns {Fields} */
function valuesOf(form) {
  return /** @type {Fields} */ (Object.fromEntries(new FormData(form).entries()));
}
return { FIELDS, defaults, control, refresh, valuesOf };
})();

const forms_js = (() => {
/**
 * How is something done by a click?  A small form that shows the `ip` command and the Python line
 * before it runs, and afterwards, in the same place, what came of it.
 *
 * @typedef {import("./shapes.js").Fields} Fields
 * @typedef {import("./shapes.js").Refusal} Refusal
 * @typedef {import("./shapes.js").Say} Say
 * @typedef {{element: HTMLFormElement, refresh: () => void, focus: () => void, drop: () => void}} Form
 */

const { canInsert, copy, insert } = cells_js;
const { commandsOf } = commands_js;
const { button, make } = dom_js;
const { control, defaults, FIELDS, refresh, valuesOf } = fields_js;

let forms = 0; // for ids that are unique in the page, whatever views are in it

/**
 * Make the form of an act.
 * @param {string} act
 * @param {Fields} given what is known already
 * @param {any} view see `view.js`
 * @param {() => void} onClose
 * @returns {Form}
 */
function actForm(act, given, view, onClose) {
  const { say } = view;
  forms += 1;
  const prefix = `nst-form-${forms}`;
  const fields = defaults(act, view.network(), given);
  const status = make("p", { role: "status", class: "nst-status" });
  const trouble = make("div", { class: "nst-trouble" });
  const output = make("pre", { class: "nst-output", role: "log", tabindex: "0", "aria-label": say("output"), hidden: true });
  const [ip, python] = [make("code"), make("code")];
  const rows = FIELDS[act].map((field) => {
    const id = `${prefix}-${field}`;
    const one = control(field, fields[field] ?? "", id);
    const list = one.hasAttribute("list") ? make("datalist", { id: `${id}-list` }) : null;
    return make("div", { class: "nst-field" }, make("label", { for: id }, say(`field ${field}`, {})), one, list);
  });
  const lasts = act === "ping" || act === "capture";
  const run = button(say("run"), () => {}, { type: "submit", class: "nst-run" });
  const stop = button(say("stop"), () => view.line.tell({ type: "stop", stop: running }), { hidden: true, class: "nst-stop" });
  /** @type {string|null} */
  let running = null;

  const update = () => {
    refresh(act, element, view.network(), say);
    const commands = commandsOf(act, valuesOf(element));
    ip.textContent = commands.ip;
    python.replaceChildren(...breakable(commands.python));
  };
  /** @param {boolean} yes */
  const busy = (yes) => {
    run.disabled = lasts && yes;
    stop.hidden = !(lasts && yes);
    if (!yes) running = null;
  };
  /** @param {string} text */
  const add = (text) => {
    output.hidden = false;
    output.textContent += text;
    output.scrollTop = output.scrollHeight;
  };
  const send = () => {
    trouble.replaceChildren();
    output.textContent = "";
    output.hidden = true;
    if (view.gone()) {
      status.textContent = say("nobody to ask");
      return;
    }
    status.textContent = say("running");
    busy(true);
    running = view.line.ask(
      { type: "act", act, fields: valuesOf(element) },
      {
        waiting: () => (status.textContent = say("waiting")),
        received: () => (status.textContent = say("running")),
        line: add,
        text: (/** @type {string} */ text) => (status.textContent = text),
        done: (/** @type {any} */ answer) => {
          busy(false);
          status.textContent = answer.ok ? answer.text || say("done") : say("refused");
          if (!answer.ok) trouble.replaceChildren(refusal(answer.error, say));
        },
      },
    );
  };
  const element = make(
    "form",
    {
      class: "nst-form",
      novalidate: true,
      "aria-label": say(`act ${act}`),
      oninput: update,
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        send();
      },
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key === "Escape") onClose();
      },
    },
    make("h4", {}, say(`act ${act}`)),
    ...rows,
    commandLine(say("as a command"), ip, view),
    commandLine(say("in python"), python, view, true),
    make("div", { class: "nst-buttons" }, run, stop, button(say("close"), onClose)),
    status,
    trouble,
    output,
  );
  update();
  return {
    element,
    refresh: update,
    focus: () => /** @type {HTMLElement|null} */ (element.querySelector("input, select, .nst-run"))?.focus(),
    drop: () => {
      if (running) view.line.tell({ type: "stop", stop: running });
    },
  };
}

/**
 * Return a line of Python that may be broken behind its dots and brackets, where it is read best.
 * @param {string} text @returns {(Text|HTMLElement)[]}
 */
function breakable(text) {
  const parts = text.split(/(?<=[.(])/);
  return parts.flatMap((part, i) => (i ? [make("wbr"), new Text(part)] : [new Text(part)]));
}

/**
 * @param {string} label @param {HTMLElement} code @param {any} view @param {boolean} [isPython]
 * @returns {HTMLElement}
 */
function commandLine(label, code, view, isPython = false) {
  const { say } = view;
  const note = make("span", { role: "status", class: "nst-note" });
  const copied = async () => {
    note.textContent = say((await copy(code.textContent ?? "")) ? "copied" : "not copied");
  };
  const buttons = [button(say("copy"), copied, { "aria-label": say("copy this", { what: label }) })];
  if (canInsert(view.element, view.model)) {
    const put = () => {
      // A shell command stands in a notebook behind an exclamation mark.
      const source = isPython ? `import nslabkit as lab\n${code.textContent}` : `!${code.textContent}`;
      insert(view.element, view.model, source);
      note.textContent = say("inserted");
    };
    buttons.push(button(say("new cell"), put, { "aria-label": say("put in cell", { what: label }) }));
  }
  return make("div", { class: "nst-command" }, make("span", { class: "nst-label" }, label), code, ...buttons, note);
}

/**
 * Show an error in its four parts.
 * @param {Refusal} error @param {Say} say @returns {HTMLElement}
 */
function refusal(error, say) {
  const parts = [
    [say("tried"), error.tried],
    [say("kernel said"), error.said],
    [say("reason"), error.reason],
    [say("fix"), error.fix],
  ];
  const list = parts.flatMap(([label, text]) => [make("dt", {}, label), make("dd", {}, text)]);
  return make("div", { class: "nst-refusal", role: "alert" }, make("strong", {}, `✘ ${error.kind}`), make("dl", {}, ...list));
}
return { actForm, refusal };
})();

const panel_js = (() => {
/**
 * What is in a box, and what can be done with it?  The panel beside the picture.
 *
 * @typedef {import("./shapes.js").Namespace} Namespace
 * @typedef {import("./shapes.js").Link} Link
 * @typedef {import("./shapes.js").Fields} Fields
 */

const { routeInWords, stateOf, titleOf } = boxes_js;
const { linkId } = difference_js;
const { button, make, table } = dom_js;
const { actForm, refusal } = forms_js;

/**
 * Make the panel of a view.
 * @param {any} view see `view.js`
 */
function makePanel(view) {
  const { say } = view;
  const details = make("div", { class: "nst-details" });
  const place = make("div", { class: "nst-place" });
  const element = make("aside", { class: "nst-panel", "aria-label": say("details"), hidden: true }, place, details);
  /** @type {string|null} */
  let selected = null; // a namespace's key, or the id of a link
  /** @type {import("./forms.js").Form|null} */
  let form = null;
  let drawn = "";
  /** @type {HTMLElement|null} */
  let opener = null;
  /** @type {HTMLElement|null} */
  let answer = null; // processes or listening ports, as they were when asked

  const closeForm = () => {
    form?.drop();
    form = null;
    place.replaceChildren();
    show();
    if (opener?.isConnected) opener.focus();
    else element.querySelector("button")?.focus();
  };
  /** @param {string} act @param {Fields} [given] */
  const openForm = (act, given = {}) => {
    if (!form) opener = /** @type {HTMLElement} */ (document.activeElement);
    form?.drop();
    form = actForm(act, given, view, closeForm);
    place.replaceChildren(form.element);
    show();
    form.focus();
    form.element.scrollIntoView({ block: "nearest" });
  };
  /** @param {string|null} what */
  const select = (what) => {
    if (what !== selected) answer = null;
    selected = what;
    drawn = "";
    update();
  };
  const close = () => {
    const back = selected;
    select(null);
    view.focusOn(back);
  };
  const show = () => {
    element.hidden = !form && !details.childElementCount;
  };
  const update = () => {
    form?.refresh();
    const { space, link } = view.find(selected);
    const now = JSON.stringify([space && { ...space, links: link ? [link] : space.links }, link, answer !== null]);
    if (now === drawn) return;
    drawn = now;
    const focused = /** @type {HTMLElement|null} */ (details.contains(document.activeElement) ? document.activeElement : null)?.dataset.focus;
    if (!space || (selected?.includes("/") && !link)) details.replaceChildren();
    else details.replaceChildren(...(link ? aboutLink(space, link) : aboutNamespace(space)));
    if (answer) details.append(answer);
    show();
    if (focused) /** @type {HTMLElement|null} */ (details.querySelector(`[data-focus="${CSS.escape(focused)}"]`))?.focus();
  };

  /** @param {string} title */
  const heading = (title) =>
    make(
      "div",
      { class: "nst-title" },
      make("h3", { tabindex: "-1" }, title),
      button("×", close, { class: "nst-close", "aria-label": say("close"), "data-focus": "close" }),
    );
  /** @param {string} act @param {Fields} given */
  const actButton = (act, given) =>
    button(say(`button ${act}`), () => openForm(act, given), { "data-act": act, "data-focus": act });

  /** @param {Namespace} space @returns {HTMLElement[]} */
  const aboutNamespace = (space) => {
    const title = titleOf(space, say);
    const namespace = space.host ? "" : space.name;
    const acts = ["wire", "ping", "capture", ...(space.host ? [] : ["remove namespace"])];
    const links = space.links.map((link) =>
      make("li", {}, button(`${link.name} · ${stateOf(link, say)}`, () => view.open(linkId(space.key, link.index)), { "data-focus": `link ${link.index}` })),
    );
    const ask = (/** @type {string} */ what) =>
      button(say(`show ${what}`), () => askFor(what, space), { "data-focus": what });
    return [
      heading(title),
      make("div", { class: "nst-buttons" }, ...acts.map((act) => actButton(act, { namespace }))),
      make("ul", { class: "nst-list", "aria-label": say("links") }, ...links),
      table(say("routes"), [say("column destination"), say("column source")], space.routes.map((one) => [routeInWords(one), one.source ?? ""])),
      table(
        say("neighbours"),
        [say("column address"), say("column mac"), say("column state"), say("column link")],
        space.neighbours.map((one) => [one.address, one.mac ?? "", one.state, one.link]),
      ),
      make("p", {}, space.rules === null ? say("rules unknown") : say("rules", { count: space.rules })),
      make("div", { class: "nst-buttons" }, ask("processes"), ask("ports")),
    ];
  };

  /** @param {Namespace} space @param {Link} link @returns {HTMLElement[]} */
  const aboutLink = (space, link) => {
    const namespace = space.host ? "" : space.name;
    const given = { namespace, link: link.name };
    const acts = [link.state === "down" ? "up" : "down", "address", "capture", ...(link.name === "lo" ? [] : ["remove link"])];
    const facts = [
      [say("column state"), stateOf(link, say)],
      [say("kind"), link.vni === null ? link.kind : `${link.kind} ${link.vni}`],
      [say("column mac"), link.mac],
      ["MTU", String(link.mtu)],
      [say("index"), String(link.index)],
      ...(link.master ? [[say("port of"), link.master]] : []),
    ];
    const peer = link.peer && view.nameOf(link.peer);
    const addresses = link.addresses.map((address) =>
      make("li", {}, make("code", {}, address), " ", button(say("button remove address"), () => openForm("remove address", { ...given, address }), { "aria-label": `${say("button remove address")} ${address}`, "data-focus": address })),
    );
    return [
      heading(`${link.name} · ${titleOf(space, say)}`),
      make("div", { class: "nst-buttons" }, ...acts.map((act) => actButton(act, given))),
      make("dl", { class: "nst-pairs" }, ...facts.flatMap(([label, text]) => [make("dt", {}, label), make("dd", {}, text)])),
      make("ul", { class: "nst-list", "aria-label": say("addresses") }, ...addresses),
      ...(peer && link.peer
        ? [button(say("other end", { link: peer }), () => view.open(linkId(link.peer?.namespace ?? "", link.peer?.index ?? 0)), { "data-focus": "peer" })]
        : []),
      button(say("back to", { namespace: titleOf(space, say) }), () => view.open(space.key), { "data-focus": "back" }),
    ];
  };

  /** @param {string} what @param {Namespace} space */
  const askFor = (what, space) => {
    const status = make("p", { role: "status" }, say("running"));
    answer?.remove();
    answer = make("div", { class: "nst-answer" }, status);
    const mine = answer;
    details.append(answer);
    if (view.gone()) {
      status.textContent = say("nobody to ask");
      return;
    }
    view.line.ask(
      { type: what, namespace: space.host ? "" : space.name },
      {
        waiting: () => (status.textContent = say("waiting")),
        done: (/** @type {any} */ got) => {
          if (!got.ok) mine.replaceChildren(refusal(got.error, say));
          else if (!got.rows.length) status.textContent = say(`no ${what}`);
          else mine.replaceChildren(table(say(what), got.columns, got.rows));
        },
      },
    );
  };

  return { element, openForm, select, update, selected: () => selected };
}
return { makePanel };
})();

const routing_js = (() => {
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
function route(from, to, boxes, lane) {
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
function pathOf(points) {
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
function lanes(wires) {
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
return { route, pathOf, lanes };
})();

const wires_js = (() => {
/**
 * How are the wires drawn?  One path for each veth pair whose ends are both in the picture; whole
 * where both ends are up, dashed where not.  The ports say the same in words.
 *
 * @typedef {import("./shapes.js").Network} Network
 * @typedef {import("./shapes.js").Rect} Rect
 * @typedef {{id: string, ends: [string, string], live: boolean, path: SVGPathElement,
 *   group: SVGElement, right: number, bottom: number}} Wire
 */

const { linkId } = difference_js;
const { svg } = dom_js;
const { lanes, pathOf, route } = routing_js;

/**
 * Return the veth pairs between the boxes that are shown.
 * @param {Network} network @param {Set<string>} shown keys of the boxes
 * @returns {{ends: [string, string], live: boolean}[]}
 */
function pairs(network, shown) {
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
function drawWires(canvas, wanted, places, heights) {
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
function pointOn(wire, from, part) {
  const forwards = (wire.ends[0] === from) !== wire.group.hasAttribute("data-turned");
  return wire.path.getPointAtLength(wire.path.getTotalLength() * (forwards ? part : 1 - part));
}
return { pairs, drawWires, pointOn };
})();

const player_js = (() => {
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

const { linkId } = difference_js;
const { button, make, svg } = dom_js;
const { pointOn } = wires_js;

const FLIGHT = 700; // milliseconds on the screen
const LONGEST = 3000; // milliseconds of a gap on the screen; the rest is cut
const SHORTEST = 250; // what a gap is meant to last at least
const FACTORS = [1, 10, 100, 1_000, 10_000, 100_000];

/**
 * Return how many times slower to play, so that the usual gap can be seen.
 * @param {Frame[]} frames @returns {number}
 */
function factorFor(frames) {
  const gaps = frames.slice(1).map((frame, i) => frame.time - frames[i].time).filter((gap) => gap > 0);
  gaps.sort((a, b) => a - b);
  const usual = gaps[Math.floor(gaps.length / 4)] ?? 1000; // microseconds
  return FACTORS.find((factor) => (usual * factor) / 1000 >= SHORTEST) ?? 100_000;
}

/**
 * Make the player of a view.
 * @param {any} view see `view.js`
 */
function makePlayer(view) {
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
return { factorFor, makePlayer };
})();

const layout_js = (() => {
/**
 * Where does each box go?  Sizes in, places out; nothing here knows of the page.
 *
 * A box keeps its place for as long as it is there.  A new one takes the first free slot, row by
 * row.  Only a box that would be covered by one that grew moves, downwards, and no further than
 * needed.
 *
 * @typedef {import("./shapes.js").Rect} Rect
 */

const BOX_WIDTH = 240;
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
function overlaps(one, other, gap = 0) {
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
function columnsFor(width) {
  const fit = (/** @type {number} */ room) => Math.floor((room - 2 * MARGIN + GUTTER) / (BOX_WIDTH + GUTTER));
  return Math.max(1, fit(width - PANEL), Math.min(2, fit(width)));
}

/**
 * How wide so many columns are.
 * @param {number} columns @returns {number}
 */
function widthOf(columns) {
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
function place(boxes, before, moved, columns) {
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
function nearestFree(wanted, others) {
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
function extent(places) {
  let [width, height] = [0, 0];
  for (const one of places) {
    width = Math.max(width, one.x + one.width + MARGIN);
    height = Math.max(height, one.y + one.height + MARGIN);
  }
  return { width, height };
}
return { BOX_WIDTH, overlaps, columnsFor, widthOf, place, nearestFree, extent };
})();

const drag_js = (() => {
/**
 * How are boxes moved and wires drawn by hand?  With a mouse, a finger or the keyboard.
 *
 * @typedef {import("./shapes.js").Rect} Rect
 */

const { svg } = dom_js;
const { nearestFree } = layout_js;

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
function listen(sheet, overlay, acts) {
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
return { listen };
})();

const stage_js = (() => {
/**
 * How does the picture follow the network?  Only boxes that changed are drawn anew; the focus, the
 * places and what was unfolded stay.
 *
 * @typedef {import("./shapes.js").Network} Network
 * @typedef {import("./shapes.js").Namespace} Namespace
 * @typedef {import("./shapes.js").Rect} Rect
 */

const { drawBox } = boxes_js;
const { linkId } = difference_js;
const { make, svg } = dom_js;
const { listen } = drag_js;
const { columnsFor, extent, place, widthOf } = layout_js;
const { drawWires, pairs } = wires_js;

const DETAILED = 12; // up to so many namespaces, a box lists routes and neighbours; then it counts them
const PORTS = 60; // that a box shows at most; the panel shows all
const USUAL = 800; // pixels of width, before the page is laid out
const EDGE = 8; // pixels beside the outermost wire
const FEW_PORTS = 12; // the same where only some boxes are drawn

/**
 * Make the stage of a view.
 * @param {any} view see `view.js`
 */
function makeStage(view) {
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
return { makeStage };
})();

const state_js = (() => {
/**
 * Is what is shown still so?  The kernel side says every two seconds that it is there; JupyterLab
 * tells of restarts and of the connection.
 *
 * States: `live`; `quiet`: no word for some time; `offline`: the server does not answer;
 * `restarted` and `dead`: nothing is left of that network; `saved`: no word ever came, the picture was
 * saved with the notebook.
 *
 * @typedef {"live"|"quiet"|"offline"|"restarted"|"dead"|"saved"} State
 */

const PATIENCE = 7_000; // milliseconds without a word
const GONE = new Set(["restarted", "dead"]); // from here there is no way back

/**
 * Watch, and call `report` whenever the state changes.
 * @param {any} model anywidget's
 * @param {(state: State, since: Date) => void} report
 * @returns {{state: () => State, heard: () => void, stop: () => void}}
 */
function watchKernel(model, report) {
  /** @type {State} */
  let state = "live";
  let last = new Date();
  let heard = false;
  const manager = model.widget_manager;
  const kernel = manager?.kernel ?? null;

  /** @param {State} next */
  const become = (next) => {
    if (GONE.has(state) || next === state) return;
    state = next;
    report(state, last);
  };
  const onStatus = (/** @type {any} */ _kernel, /** @type {string} */ status) => {
    if (status === "restarting" || status === "autorestarting") become("restarted");
    else if (status === "dead") become("dead");
  };
  const onConnection = (/** @type {any} */ _kernel, /** @type {string} */ status) => {
    if (status !== "connected") become("offline");
    else if (state === "offline") become("quiet");
  };
  // Other front ends than JupyterLab may have no such signals: there the silence tells.
  kernel?.statusChanged?.connect(onStatus);
  kernel?.connectionStatusChanged?.connect(onConnection);
  const timer = setInterval(() => {
    if (state === "live" && Date.now() - last.getTime() > PATIENCE) become(heard ? "quiet" : "saved");
  }, 500);
  if (manager && "kernel" in manager && !kernel) queueMicrotask(() => become("saved"));
  return {
    state: () => state,
    heard() {
      last = new Date();
      heard = true;
      become("live");
    },
    stop() {
      clearInterval(timer);
      kernel?.statusChanged?.disconnect(onStatus);
      kernel?.connectionStatusChanged?.disconnect(onConnection);
    },
  };
}
return { watchKernel };
})();

const walking_js = (() => {
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
function walk(sheet, acts) {
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
function beside(key, right, places) {
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
return { walk, beside };
})();

const view_js = (() => {
/**
 * The live picture of the network: what anywidget loads.
 *
 * The kernel side sends the whole network whenever it changed; a view draws what differs.  Each
 * view stands for itself; only where boxes were dragged to is common to all.
 *
 * @typedef {import("./shapes.js").Network} Network
 * @typedef {import("./shapes.js").Namespace} Namespace
 */

const { titleOf } = boxes_js;
const { compare } = difference_js;
const { button, isolated, make, speaker, svg } = dom_js;
const { openLine } = line_js;
const { makeListing, MOST_BOXES } = listing_js;
const { makePanel } = panel_js;
const { makePlayer } = player_js;
const { makeStage } = stage_js;
const { watchKernel } = state_js;
const { walk } = walking_js;

const GLOW = 2500; // milliseconds that something new is marked
const MOST_SAID = 4; // changes that are read out one by one
/** @type {Network} */
const NOTHING = { generation: 0, namespaces: [], lost: 0, problem: null };

/** @param {Network} network @returns {boolean} whether a list shows more than a picture */
function tooMany(network) {
  return network.namespaces.filter((one) => !one.host).length > MOST_BOXES;
}

/**
 * Draw a view.
 * @param {{model: any, el: HTMLElement}} given anywidget's
 * @returns {() => void} what ends it
 */
function render({ model, el }) {
  const say = speaker(model.get("words"));
  /** @type {Network|null} */
  let network = null;
  /** @type {Map<string, number>} */
  const fresh = new Map(); // what changed, and when
  const chosen = new Set(); // keys that were picked from the list
  /** @type {Record<string, [number, number]>} */
  let mine = {}; // boxes moved here whose new place the kernel side has not confirmed yet
  /** @type {any} */
  const view = { model, say };

  const banner = make("div", { class: "nst-banner", role: "status", hidden: true });
  const news = make("div", { class: "nst-unseen", role: "log", "aria-live": "polite" });
  const root = make("div", { class: "nst-root", role: "region", "aria-label": say("title"), lang: say("language"), "data-lm-suppress-shortcuts": "true" });

  Object.assign(view, {
    element: root,
    overlay: svg("svg", { class: "nst-overlay", "aria-hidden": "true" }),
    network: () => network ?? NOTHING,
    gone: () => ["restarted", "dead", "saved"].includes(kernel.state()),
    moved: () => ({ ...model.get("positions"), ...mine }),
    shown,
    listed: () => tooMany(network ?? NOTHING),
    nameOf,
    find,
    open,
    focusOn,
    markWire: (/** @type {string[]} */ ends) => stage.mark(ends),
    wire: (/** @type {string} */ end) => stage.wire(end),
    keep(/** @type {string} */ key, /** @type {any} */ { x, y }) {
      mine[key] = [Math.round(x), Math.round(y)];
      view.line.tell({ type: "moved", positions: { [key]: mine[key] } });
    },
    pull(/** @type {string} */ from, /** @type {string|null} */ to) {
      const name = (/** @type {string|null} */ key) => find(key).space?.name ?? "";
      panel.openForm("wire", { namespace: name(from), ...(to === null ? {} : { to: name(to) }) });
    },
  });
  const kernel = watchKernel(model, onState);
  view.line = openLine(model, kernel.heard);
  const stage = makeStage(view);
  const panel = makePanel(view);
  const player = makePlayer(view);
  const listing = makeListing(view, choose);
  const bar = make(
    "div",
    { class: "nst-bar", role: "group", "aria-label": say("acts") },
    ...["namespace", "wire", "ping", "capture"].map((act) =>
      button(say(`button ${act}`), () => panel.openForm(act), { "data-act": act }),
    ),
    button(say("tidy"), tidy, { "data-act": "tidy" }),
    make("details", { class: "nst-keys" }, make("summary", {}, say("keys")), make("p", {}, say("keys text"))),
  );
  root.append(bar, banner, make("div", { class: "nst-main" }, listing.element, stage.element, panel.element), player.element, news);
  walk(stage.sheet, { open, pull: (key) => view.pull(key, null), mark: (id) => stage.mark(stage.wire(id)?.ends ?? []), places: stage.places, box: stage.box });
  el.append(root);

  /** @returns {Namespace[]} those that are drawn as boxes */
  function shown() {
    const { namespaces } = network ?? NOTHING;
    if (!tooMany(network ?? NOTHING)) return namespaces;
    return namespaces.filter((one) => one.host || chosen.has(one.key));
  }
  /** @param {import("./shapes.js").End} end @returns {string|null} */
  function nameOf(end) {
    const space = (network ?? NOTHING).namespaces.find((one) => one.key === end.namespace);
    const link = space?.links.find((one) => one.index === end.index);
    return space && link ? `${isolated(titleOf(space, say))}: ${link.name}` : null;
  }
  /** @param {string|null} id a namespace's key or a link's id */
  function find(id) {
    const [key, index] = (id ?? "").split("/");
    const space = (network ?? NOTHING).namespaces.find((one) => one.key === key) ?? null;
    const link = index === undefined ? null : (space?.links.find((one) => String(one.index) === index) ?? null);
    return { space, link };
  }
  /** @param {string} id */
  function open(id) {
    panel.select(id);
    /** @type {HTMLElement|null} */ (panel.element.querySelector("h3"))?.focus();
    panel.element.scrollIntoView({ block: "nearest" });
    stage.reveal(id.split("/")[0]);
  }
  /** @param {string|null} id */
  function focusOn(id) {
    const port = id?.includes("/") ? stage.port(id) : null;
    const box = stage.box((id ?? "").split("/")[0])?.querySelector("button");
    (port ?? box ?? bar.querySelector("button"))?.focus();
  }
  /** @param {string} key */
  function choose(key) {
    if (chosen.delete(key)) panel.select(null);
    else {
      chosen.add(key);
      panel.select(key);
    }
    draw();
  }
  function tidy() {
    mine = {};
    view.line.tell({ type: "tidy" });
    view.moved = () => mine;
    stage.tidy();
  }

  let scheduled = 0;
  function later() {
    scheduled ||= requestAnimationFrame(() => {
      scheduled = 0;
      draw();
    });
  }
  function draw() {
    const next = view.gone() && kernel.state() !== "saved" ? NOTHING : model.get("network");
    const difference = compare(network, next, say("host"));
    network = next;
    const now = Date.now();
    for (const id of difference.touched) fresh.set(id, now);
    for (const [id, time] of fresh) if (now - time > GLOW) fresh.delete(id);
    const many = tooMany(next);
    for (const key of chosen) if (!next.namespaces.some((/** @type {Namespace} */ one) => one.key === key)) chosen.delete(key);
    listing.element.hidden = !many;
    const boxes = shown();
    if (many) listing.update(next.namespaces, new Set(boxes.map((one) => one.key)));
    stage.draw(boxes, next, new Set(fresh.keys()), many);
    panel.update();
    announce(difference.statements);
    if (kernel.state() === "live") tell(next.problem ?? "");
    root.dataset.generation = String(next.generation);
  }
  /** @param {{key: string, values: Record<string, string>}[]} statements */
  function announce(statements) {
    if (!statements.length) return;
    const said = statements.slice(0, MOST_SAID).map(({ key, values }) => say(key, values));
    if (statements.length > MOST_SAID) said.push(say("more changes", { count: statements.length - MOST_SAID }));
    news.append(make("p", {}, said.join(" ")));
    while (news.childElementCount > 20) news.firstElementChild?.remove();
  }
  /** @param {string} text */
  function tell(text) {
    banner.textContent = text;
    banner.hidden = !text;
  }
  /** @param {import("./state.js").State} state @param {Date} since */
  function onState(state, since) {
    root.dataset.kernel = state;
    tell(state === "live" ? "" : say(`kernel ${state}`, { time: since.toLocaleTimeString() }));
    draw();
  }

  const onPositions = () => {
    mine = {};
    view.moved = () => ({ ...model.get("positions"), ...mine });
    later();
  };
  const onRecording = () => player.load(model.get("recording"));
  model.on("change:network", later);
  model.on("change:positions", onPositions);
  model.on("change:recording", onRecording);
  root.dataset.kernel = "live";
  draw();
  onRecording();
  return () => {
    cancelAnimationFrame(scheduled);
    model.off("change:network", later);
    model.off("change:positions", onPositions);
    model.off("change:recording", onRecording);
    kernel.stop();
    view.line.close();
    stage.stop();
    player.stop();
  };
}

return { default: { render } };
})();

export default view_js.default;
