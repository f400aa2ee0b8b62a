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
export function openLine(model, heard) {
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
