/**
 * Which commands does a click stand for?  The `ip` command and the Python line of each act, as
 * `nslabkit/show/topology/acts.py` runs it (why twice:
 * docs/decisions/008-commands-of-a-click.md; both are tested against one table).
 *
 * @typedef {import("./shapes.js").Fields} Fields
 * @typedef {{ip: string, python: string}} Commands
 */

/** @param {string} word @returns {string} the word as a POSIX shell reads it back */
export function shell(word) {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}

/** @param {string} text @returns {string} the text as a Python literal */
export function python(text) {
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
export function commandsOf(act, fields) {
  return ACTS[act](fields);
}
