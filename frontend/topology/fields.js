/**
 * What does each act ask for?  Lists offer what exists in the kernel now.
 *
 * @typedef {import("./shapes.js").Network} Network
 * @typedef {import("./shapes.js").Namespace} Namespace
 * @typedef {import("./shapes.js").Fields} Fields
 * @typedef {import("./shapes.js").Say} Say
 * @typedef {HTMLInputElement|HTMLSelectElement} Control
 */

import { titleOf } from "./boxes.js";
import { make } from "./dom.js";

/** @type {Record<string, string[]>} */
export const FIELDS = {
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
export function defaults(act, network, given) {
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
export function control(field, value, id) {
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
export function refresh(act, form, network, say) {
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
export function valuesOf(form) {
  return /** @type {Fields} */ (Object.fromEntries(new FormData(form).entries()));
}
