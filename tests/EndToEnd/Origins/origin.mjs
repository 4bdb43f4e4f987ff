// An HTTP/1.1 origin on Node's own server, with a path for each thing a tunnel has to carry. usage: node origin.mjs PORT
import http from 'node:http';
import { createHash } from 'node:crypto';

const MIB = 1 << 20;
const seen = new Map();                         // what became of the requests that carry ?id=

// A mebibyte that differs from its neighbours: a lost, doubled or swapped piece changes the hash.
const block = (index) => {
  const bytes = Buffer.allocUnsafe(MIB);
  for (let at = 0, state = index * 2654435761 >>> 0; at < MIB; at += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes.writeUInt32LE(state, at);
  }
  return bytes;
};
const blocks = Array.from({ length: 16 }, (_, index) => block(index));

const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const drained = (response) => new Promise((done) => {
  const settle = () => { response.off('drain', settle).off('close', settle); done(); };
  response.once('drain', settle).once('close', settle);
});
const json = (response, value) => response.end(JSON.stringify(value));

const paths = {
  '/hello': (_, response) => response.end('hello\n'),

  // Every field as it came, names in their case.
  '/fields': (request, response) => json(response, { method: request.method, target: request.url, fields: request.rawHeaders }),

  '/echo': (request, response) => {
    response.writeHead(200, { 'content-type': request.headers['content-type'] ?? 'application/octet-stream' });
    request.pipe(response);
  },

  // Consumes the whole body, then answers with its length and hash.
  '/digest': (request, response) => {
    const hash = createHash('sha256');
    let length = 0;
    request.on('data', (piece) => { hash.update(piece); length += piece.length; });
    request.on('end', () => json(response, {
      length, hash: hash.digest('hex'), framing: request.headers['transfer-encoding'] ?? 'length', trailers: request.rawTrailers }));
  },

  // ?mib=N, chunked when ?chunked; the hash is in /expected?mib=N.
  '/bulk': async (request, response, query) => {
    const count = +query.get('mib');
    response.writeHead(200, query.has('chunked') ? {} : { 'content-length': count * MIB });
    for (let index = 0; index < count && !response.destroyed; index++) {
      if (!response.write(blocks[index % blocks.length])) await drained(response);
    }
    response.end();
  },

  '/expected': (_, response, query) => {
    const hash = createHash('sha256');
    for (let index = 0; index < +query.get('mib'); index++) hash.update(blocks[index % blocks.length]);
    response.end(hash.digest('hex'));
  },

  // ?count=N&every=MS: each event's data is the moment it was sent.
  '/events': async (_, response, query) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    for (let number = 0; number < +query.get('count') && !response.destroyed; number++) {
      response.write(`id: ${number}\ndata: ${performance.timeOrigin + performance.now()}\n\n`);
      await wait(+query.get('every'));
    }
    response.end();
  },

  '/status': (_, response, query) => { response.writeHead(+query.get('code'), { 'x-kept': 'yes' }); response.end(); },

  '/early-hints': (_, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
    response.end('after the hints\n');
  },

  '/trailers': (_, response) => {
    response.writeHead(200, { trailer: 'x-digest, x-empty' });
    response.write('body ');
    response.addTrailers({ 'x-digest': 'abc', 'x-empty': '' });
    response.end('and trailers\n');
  },

  // Promises more than it sends, then resets; with ?chunked it breaks off between chunks.
  '/truncated': (_, response, query) => {
    response.writeHead(200, query.has('chunked') ? {} : { 'content-length': 1000000 });
    response.write('the beginning', () => setTimeout(() => response.socket.resetAndDestroy(), 50));
  },

  '/reset': (request) => request.socket.resetAndDestroy(),

  // Answers bit by bit until the other side is gone; /fate?id= tells.
  '/endless': (_, response, query) => {
    const id = query.get('id');
    seen.set(id, 'running');
    response.on('close', () => seen.set(id, 'gone'));
    response.writeHead(200);
    const timer = setInterval(() => response.destroyed ? clearInterval(timer) : response.write('tick\n'), 20);
  },

  // Never answers; /fate?id= tells whether it was given up.
  '/silent': (_, response, query) => {
    const id = query.get('id');
    seen.set(id, 'running');
    response.on('close', () => seen.set(id, 'gone'));
  },

  '/fate': (_, response, query) => response.end(seen.get(query.get('id')) ?? 'unknown'),

  '/slow': async (_, response, query) => { await wait(+query.get('ms')); response.end('slow\n'); },
};

const serve = async (request, response) => {
  const url = new URL(request.url, 'http://origin.invalid');
  const path = paths[url.pathname];
  if (!path) { response.writeHead(404); return response.end(); }
  await path(request, response, url.searchParams);
};

const server = http.createServer({ keepAliveTimeout: 60000, requestTimeout: 0 }, serve);
server.on('checkContinue', (request, response) => {
  // The body of a refused upload must never be asked for.
  if (request.url.includes('refuse')) { response.writeHead(417, { connection: 'close' }); return response.end('no\n'); }
  response.writeContinue();
  serve(request, response);
});
server.listen(+process.argv[2], '127.0.0.1');
