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
export function canInsert(element, model) {
  return notebookOf(element, model) !== null;
}

/**
 * Put a code cell below the one that shows the view, or below the active one.
 * @param {HTMLElement} element @param {any} model @param {string} source
 */
export function insert(element, model, source) {
  const { content } = notebookOf(element, model);
  const inside = content.widgets.findIndex((/** @type {any} */ cell) => cell.node.contains(element));
  const above = inside >= 0 ? inside : content.activeCellIndex;
  const cell = { cell_type: "code", source, metadata: { trusted: true } };
  content.model.sharedModel.insertCell(above + 1, cell);
}

/** @param {string} text @returns {Promise<boolean>} whether the clipboard has it now */
export async function copy(text) {
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
