// Lets the keys that are pressed in a form belong to the form.
//
// JupyterLab takes arrow keys and letters for its own commands wherever the focus is in no text
// field: in a list or on a button of ours, too.  Lumino leaves alone what carries this mark.

/** @type {{render: (context: {el: HTMLElement}) => void}} */
const keys = {
  render({ el }) {
    el.style.display = "none";
    const mark = () => {
      const form = el.closest(".nslabkit-form");
      if (form) {
        form.setAttribute("data-lm-suppress-shortcuts", "true");
      } else {
        requestAnimationFrame(mark); // not yet in the page
      }
    };
    mark();
  },
};

export default keys;
