/**
 * What does the kernel side send?  Types only; `nslabkit/live/model.py` makes the network,
 * `nslabkit/show/topology/playing.py` the recording.
 *
 * @typedef {{namespace: string, index: number}} End one end of a wire: a namespace's key, a link's index
 * @typedef {{index: number, name: string, kind: string, state: string, mac: string, mtu: number,
 *   addresses: string[], master: string|null, peer: End|null, lower: End|null,
 *   vni: number|null}} Link
 * @typedef {{destination: string, via: string|null, link: string|null, source: string|null}} Route
 * @typedef {{address: string, mac: string|null, state: string, link: string}} Neighbour
 * @typedef {{key: string, name: string, host: boolean, links: Link[], routes: Route[],
 *   neighbours: Neighbour[], rules: number|null}} Namespace
 * @typedef {{generation: number, namespaces: Namespace[], lost: number, problem: string|null}} Network
 * @typedef {{namespace: string, link: string, index: number}} Tap where frames were recorded
 * @typedef {{number: number, time: number, moment: string, pause?: string, tap: number, outgoing: boolean, length: number,
 *   kind: string, summary: string, meaning: string}} Frame `time` in microseconds since the first frame
 * @typedef {{id: number, taps: Tap[], frames: Frame[], left: number, notes: string[]}} Recording
 * @typedef {{kind: string, tried: string, said: string, reason: string, fix: string}} Refusal
 * @typedef {{x: number, y: number, width: number, height: number}} Rect pixels
 * @typedef {(key: string, values?: Record<string, unknown>) => string} Say a text in the reader's language
 * @typedef {Record<string, string>} Fields what a form holds
 */

export {};
