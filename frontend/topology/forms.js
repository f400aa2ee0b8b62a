/**
 * How is something done by a click?  A small form that shows the `ip` command and the Python line
 * before it runs, and afterwards, in the same place, what came of it.
 *
 * @typedef {import("./shapes.js").Fields} Fields
 * @typedef {import("./shapes.js").Refusal} Refusal
 * @typedef {import("./shapes.js").Say} Say
 * @typedef {{element: HTMLFormElement, refresh: () => void, focus: () => void, drop: () => void}} Form
 */

import { canInsert, copy, insert } from "./cells.js";
import { commandsOf } from "./commands.js";
import { button, make } from "./dom.js";
import { control, defaults, FIELDS, refresh, valuesOf } from "./fields.js";

let forms = 0; // for ids that are unique in the page, whatever views are in it

/**
 * Make the form of an act.
 * @param {string} act
 * @param {Fields} given what is known already
 * @param {any} view see `view.js`
 * @param {() => void} onClose
 * @returns {Form}
 */
export function actForm(act, given, view, onClose) {
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
export function refusal(error, say) {
  const parts = [
    [say("tried"), error.tried],
    [say("kernel said"), error.said],
    [say("reason"), error.reason],
    [say("fix"), error.fix],
  ];
  const list = parts.flatMap(([label, text]) => [make("dt", {}, label), make("dd", {}, text)]);
  return make("div", { class: "nst-refusal", role: "alert" }, make("strong", {}, `✘ ${error.kind}`), make("dl", {}, ...list));
}
