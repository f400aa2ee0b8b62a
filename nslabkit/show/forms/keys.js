// Lets the keys that are pressed in a form belong to the form.
//
// JupyterLab takes arrow keys and letters for its own commands wherever the focus is in no text
// field: in a list or on a button of ours, too.  Lumino leaves alone an element that carries the
// mark itself; one around it comes too late where a command asks for `:focus`.

const MARK = "data-lm-suppress-shortcuts";

/** @param {Element} form */
function markAll(form) {
  for (const one of form.querySelectorAll("select, input, button")) {
    one.setAttribute(MARK, "true");
  }
}

/** @type {{render: (context: {el: HTMLElement}) => () => void}} */
const keys = {
  render({ el }) {
    el.style.display = "none";
    let ended = false;
    const observer = new MutationObserver((changes) => {
      for (const change of changes) {
        markAll(/** @type {Element} */ (change.target));
      }
    });
    const begin = () => {
      const form = el.closest(".nslabkit-form");
      if (form) {
        markAll(form);
        observer.observe(form, { childList: true, subtree: true });
      } else if (!ended) {
        requestAnimationFrame(begin); // not yet in the page
      }
    };
    begin();
    return () => {
      ended = true;
      observer.disconnect();
    };
  },
};

export default keys;
