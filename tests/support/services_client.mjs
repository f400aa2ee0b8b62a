// How does a client in JavaScript see a kernel "Network lab"?  With the library that JupyterLab and
// others speak Jupyter's protocol with; prints one JSON object.
//
// usage: node services_client.mjs ADDRESS TOKEN CELL   (beside a node_modules with the library)

import { createRequire } from 'node:module';
import process from 'node:process';

const require = createRequire(`${process.cwd()}/`);
const { KernelManager, ServerConnection } = require('@jupyterlab/services');
const { WebSocket } = require('ws');

const [baseUrl, token, cell] = process.argv.slice(2);
const serverSettings = ServerConnection.makeSettings({
  baseUrl,
  wsUrl: baseUrl.replace('http', 'ws'),
  token,
  appendToken: true,
  WebSocket
});
const manager = new KernelManager({ serverSettings });
const kernel = await manager.startNew({ name: 'nslab' });

async function run(code, heard = () => {}) {
  const future = kernel.requestExecute({ code });
  let text = '';
  future.onIOPub = message => {
    text += message.header.msg_type === 'stream' ? message.content.text : '';
    heard(text);
  };
  const reply = await future.done;
  return { text, status: reply.content.status, error: reply.content.ename ?? '' };
}

const said = {};
said.banner = (await kernel.info).banner;
said.cell = await run(cell);
let interrupted = false;
said.interrupted = await run("import time\nprint('go', flush=True)\nwhile True: time.sleep(0.01)", text => {
  if (text.includes('go') && !interrupted) {
    interrupted = true;
    kernel.interrupt();
  }
});
await kernel.restart();
said.restarted = await run('!ip netns; hostname');
await kernel.shutdown();
process.stdout.write(`${JSON.stringify(said)}\n`);
process.exit(0);
