// JupyterLab's part of a workshop: says what is about to end before it does, and has the button
// that raises a hand.  All words come from the server, in the learner's language.
// https://jupyterlab.readthedocs.io/en/stable/extension/extension_dev.html (a federated extension:
// one plain module, so that nothing has to be built).
"use strict";
{
  const EVERY = 20000; // milliseconds between two looks
  let shared = {};

  async function from(name) {
    const versions = Object.values(shared[name]);
    return (await versions[0].get())();
  }

  const plugin = {
    id: "nslabkit-workshop:plugin",
    autoStart: true,
    activate: async (app) => {
      const { Widget } = await from("@lumino/widgets");
      const settings = app.serviceManager.serverSettings;
      const address = settings.baseUrl + "nslabkit/workshop/state";
      const buttons = new Set();
      let state = { hand: false, words: {} };
      let shown = null; // the notice on the screen: which moment it names, and its id

      async function ask(change) {
        const proof = /(?:^|; *)_xsrf=([^;]*)/.exec(document.cookie);
        // JupyterHub wants the proof for reading, too.
        const request = { headers: { "X-XSRFToken": proof ? proof[1] : "" } };
        if (change) Object.assign(request, { method: "POST", body: JSON.stringify(change) });
        const answer = await fetch(address + "?no_track_activity=1", { ...request, cache: "no-store", credentials: "same-origin" });
        if (!answer.ok) return;
        state = await answer.json();
        for (const button of buttons) paint(button);
        await tell();
      }

      function paint(button) {
        button.textContent = state.hand ? state.words.down : state.words.up;
        button.title = state.words.title;
        button.setAttribute("aria-pressed", String(state.hand));
        button.style.fontWeight = state.hand ? "700" : "400";
      }

      async function tell() {
        const notice = state.notice;
        if (shown && (!notice || notice.when !== shown.when)) {
          await app.commands.execute("apputils:dismiss-notification", { id: shown.id });
          shown = null;
        }
        if (!notice || shown) return;
        const id = await app.commands.execute("apputils:notify", {
          message: notice.text,
          type: "warning",
          options: {
            autoClose: false,
            actions: [{ label: state.words.keep, commandId: "nslabkit-workshop:keep", args: {}, displayType: "accent" }],
          },
        });
        shown = { when: notice.when, id };
      }

      app.commands.addCommand("nslabkit-workshop:keep", {
        label: () => state.words.keep || "",
        execute: () => ask({ keep: true }),
      });
      app.commands.addCommand("nslabkit-workshop:hand", {
        label: () => (state.hand ? state.words.down : state.words.up) || "",
        execute: () => ask({ hand: !state.hand }),
      });
      app.docRegistry.addWidgetExtension("Notebook", {
        createNew(panel) {
          const button = document.createElement("button");
          button.type = "button";
          button.className = "jp-ToolbarButtonComponent jp-mod-minimal jp-Button nslabkit-hand";
          button.addEventListener("click", () => app.commands.execute("nslabkit-workshop:hand"));
          buttons.add(button);
          paint(button);
          const widget = new Widget({ node: document.createElement("div") });
          widget.addClass("jp-ToolbarButton");
          widget.node.append(button);
          panel.toolbar.insertItem(11, "nslabkit-hand", widget);
          return {
            isDisposed: false,
            dispose() {
              this.isDisposed = true;
              buttons.delete(button);
              widget.dispose();
            },
          };
        },
      });
      const look = () => ask().catch(() => {}); // the server is away: JupyterLab itself says so
      setInterval(look, EVERY);
      document.addEventListener("visibilitychange", () => document.hidden || look());
      look();
    },
  };

  (window._JUPYTERLAB ??= {})["nslabkit-workshop"] = {
    init(scope) {
      shared = scope;
    },
    async get() {
      return () => ({ __esModule: true, default: plugin });
    },
  };
}
