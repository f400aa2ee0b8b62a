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
export function watchKernel(model, report) {
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
