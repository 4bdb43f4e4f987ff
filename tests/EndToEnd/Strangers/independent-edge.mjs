// An edge that shares no code with ours: Node's HTTP/2 (nghttp2) as the client on connections that a connector dials.
// It says each event as a line of JSON. usage: node independent-edge.mjs TUNNEL_PORT VISITOR_PORT KEY.pem CERTIFICATE.pem
import fs from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import tls from 'node:tls';
import { randomBytes } from 'node:crypto';
import * as capnp from './capnp.mjs';

const [tunnelPort, visitorPort, key, cert] = process.argv.slice(2);
const WINDOW = 16 << 20;
const UPGRADE = 'cf-cloudflared-proxy-connection-upgrade';
const CONNECTION_FIELDS = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'host']);
const ready = [];
const say = (event, more = {}) => console.log(JSON.stringify({ event, ...more }));

const answer = (connection, control, request) => {
  if (request.kind === 'bootstrap') return control.write(capnp.capability(request.question));
  if (request.kind !== 'call') return;
  say(request.method, request);
  if (request.method === 'register') {
    control.write(capnp.details(request.question, randomBytes(16), 'stranger'));
    connection.index = request.index;
    return ready.push(connection);
  }
  control.write(capnp.nothing(request.question));
  if (request.method === 'unregister') {
    // No new streams; the session closes when the running ones have ended, but not before the connector has read the answer.
    leave(connection);
    setTimeout(() => connection.session.close(), 100);
  }
};

const leave = (connection) => { const at = ready.indexOf(connection); if (at >= 0) ready.splice(at, 1); };

tls.createServer({ key: fs.readFileSync(key), cert: fs.readFileSync(cert), minVersion: 'TLSv1.2' }, (socket) => {
  say('accepted', { protocol: socket.getProtocol(), serverName: socket.servername, alpn: socket.alpnProtocol });
  socket.setNoDelay(true);
  const session = http2.connect('https://edge.invalid', {
    createConnection: () => socket, settings: { initialWindowSize: WINDOW, maxFrameSize: 262144, enablePush: false } });
  const connection = { session };
  session.on('connect', () => {
    session.setLocalWindowSize(4 * WINDOW);
    const control = session.request(
      { ':method': 'GET', ':path': '/', ':authority': 'edge.invalid', [UPGRADE]: 'control-stream' }, { endStream: false });
    control.on('response', (head) => say('control', { status: head[':status'] }));
    control.on('data', capnp.messages((message) => answer(connection, control, capnp.read(message))));
    control.on('error', () => {});
  });
  session.on('goaway', (code) => { say('goaway', { code }); leave(connection); });
  session.on('error', (fault) => say('fault', { message: fault.message }));
  session.on('close', () => { say('closed'); leave(connection); });
}).on('tlsClientError', (fault) => say('tls', { message: fault.message })).listen(+tunnelPort, '127.0.0.1');

let turn = 0;
const open = (request, extra = {}) => {
  const connection = ready[turn++ % ready.length];
  if (!connection) return null;
  const head = { ':method': request.method, ':path': request.url, ':authority': request.headers.host, ':scheme': 'https', ...extra };
  for (const [name, value] of Object.entries(request.headers)) {
    if (!CONNECTION_FIELDS.has(name) && !(extra[UPGRADE] && name === 'sec-websocket-version')) head[name] = value;
  }
  const hasBody = 'content-length' in request.headers || 'transfer-encoding' in request.headers;
  return connection.session.request(head, { endStream: !hasBody && !extra[UPGRADE] });
};

// The origin's head, as the connector serialised it: [name, value, name, value, ...]
const unpack = (head) => (head['cf-cloudflared-response-headers'] ?? '').split(';').filter(Boolean)
  .flatMap((pair) => pair.split(':').map((part) => Buffer.from(part, 'base64').toString('latin1')));

const visitors = http.createServer((request, response) => {
  const stream = open(request);
  if (!stream) { response.writeHead(530); return response.end(); }
  request.pipe(stream);
  stream.on('response', (head) => {
    const fields = unpack(head);
    const kept = [];
    for (let at = 0; at < fields.length; at += 2) if (!CONNECTION_FIELDS.has(fields[at].toLowerCase())) kept.push(fields[at], fields[at + 1]);
    kept.push('x-meta', String(head['cf-cloudflared-response-meta']));
    response.writeHead(head[':status'], kept);
    stream.on('trailers', (trailers) => { if (response.chunkedEncoding) response.addTrailers({ ...trailers }); });
    stream.pipe(response);
  });
  stream.on('aborted', () => response.destroy());
  stream.on('error', () => response.headersSent ? response.destroy() : response.writeHead(502).end());
  response.on('close', () => { if (!stream.readableEnded) stream.close(http2.constants.NGHTTP2_CANCEL); });
});

visitors.on('upgrade', (request, socket, first) => {
  const stream = open(request, { [UPGRADE]: 'websocket' });
  if (!stream) return socket.end('HTTP/1.1 530 no connector\r\n\r\n');
  stream.on('response', (head) => {
    if (head[':status'] !== 200) return socket.end(`HTTP/1.1 ${head[':status']} refused\r\ncontent-length: 0\r\n\r\n`);
    const fields = unpack(head);
    let text = 'HTTP/1.1 101 Switching Protocols\r\n';
    for (let at = 0; at < fields.length; at += 2) text += `${fields[at]}: ${fields[at + 1]}\r\n`;
    socket.write(text + '\r\n');
    if (first.length) stream.write(first);
    socket.pipe(stream).pipe(socket);
  });
  stream.on('error', () => socket.destroy());
  socket.on('error', () => stream.close(http2.constants.NGHTTP2_CANCEL));
});
visitors.listen(+visitorPort, '127.0.0.1', () => say('listening'));
