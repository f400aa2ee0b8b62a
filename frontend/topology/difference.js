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
export function linkId(namespace, index) {
  return `${namespace}/${index}`;
}

/**
 * Compare two pictures.
 * @param {Network|null} before @param {Network} after @param {string} host the host's name on screen
 * @returns {Difference}
 */
export function compare(before, after, host) {
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
