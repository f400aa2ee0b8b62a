/**
 * What is in a box, and what can be done with it?  The panel beside the picture.
 *
 * @typedef {import("./shapes.js").Namespace} Namespace
 * @typedef {import("./shapes.js").Link} Link
 * @typedef {import("./shapes.js").Fields} Fields
 */

import { routeInWords, stateOf, titleOf } from "./boxes.js";
import { linkId } from "./difference.js";
import { button, make, table } from "./dom.js";
import { actForm, refusal } from "./forms.js";

/**
 * Make the panel of a view.
 * @param {any} view see `view.js`
 */
export function makePanel(view) {
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
