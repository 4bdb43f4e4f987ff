// Just enough Cap'n Proto RPC for the edge's side of a control stream: one segment a message, built word by word.
const text = (value) => Buffer.from(value + '\0');
const padded = (bytes) => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 7)]);
const word = (low, high = 0) => { const w = Buffer.alloc(8); w.writeInt32LE(low | 0); w.writeUInt32LE(high >>> 0, 4); return w; };
const struct = (offset, data, pointers) => word(offset << 2, data | pointers << 16);
const bytes = (offset, count) => word(offset << 2 | 1, count << 3 | 2);

const message = (...words) => {
  const segment = Buffer.concat(words);
  return Buffer.concat([word(0, segment.length / 8), segment]);
};

// Message(which 3) → Return(answer, results) → Payload(content, capTable); the rest follows at the ninth word.
const returned = (answer, content, capTable, ...rest) => message(
  struct(0, 1, 1), word(3), struct(0, 2, 1), word(answer, 1), word(0), struct(0, 0, 2), content, capTable, ...rest);

/** Answers Bootstrap with a capability that we host under id 0. */
export const capability = (answer) => returned(answer, word(3), word(1, 2 << 3 | 7), struct(1, 1, 1), word(1), word(0));

/** Answers a call that returns nothing. */
export const nothing = (answer) => returned(answer, word(-4), word(0));

/** Answers registerConnection with ConnectionDetails. */
export const details = (answer, id, location) => {
  const place = text(location);
  return returned(answer, struct(1, 0, 1), word(0),
    struct(0, 1, 1), word(1), struct(0, 1, 2), word(0), bytes(1, id.length), bytes(2, place.length), id, padded(place));
};

/** Answers registerConnection with ConnectionError. */
export const refusal = (answer, cause, shouldRetry) => {
  const why = text(cause);
  return returned(answer, struct(1, 0, 1), word(0),
    struct(0, 1, 1), word(0), struct(0, 2, 1), word(0), word(shouldRetry ? 1 : 0), bytes(0, why.length), padded(why));
};

const follow = (m, at) => {
  const data = at + 8 + (m.readInt32LE(at) >> 2) * 8;
  const words = m.readUInt16LE(at + 4);
  return { data, pointers: data + words * 8 };
};
const octets = (m, at) => {
  const low = m.readInt32LE(at);
  if (low === 0) return Buffer.alloc(0);
  const start = at + 8 + (low >> 2) * 8;
  return m.subarray(start, start + (m.readUInt32LE(at + 4) >>> 3));
};

/** Cuts a byte stream into messages and hands each one's single segment on. */
export const messages = (take) => {
  let pending = Buffer.alloc(0);
  return (piece) => {
    pending = Buffer.concat([pending, piece]);
    while (pending.length >= 8) {
      if (pending.readUInt32LE(0) !== 0) throw new Error('more than one segment');
      const end = 8 + pending.readUInt32LE(4) * 8;
      if (pending.length < end) return;
      take(pending.subarray(8, end));
      pending = pending.subarray(end);
    }
  };
};

/** What a message asks: { kind, question, method, and for registerConnection its parameters }. */
export const read = (m) => {
  const root = follow(m, 0);
  const which = m.readUInt16LE(root.data);
  if (which !== 8 && which !== 2) return { kind: which === 1 ? 'abort' : 'other' };
  const body = follow(m, root.pointers);
  const question = m.readUInt32LE(body.data);
  if (which === 8) return { kind: 'bootstrap', question };
  const method = m.readUInt16LE(body.data + 4);
  if (m.readBigUInt64LE(body.data + 8) !== 0xf71695ec7fe85497n) throw new Error('an interface that nobody asked for');
  const call = { kind: 'call', question, method: ['register', 'unregister', 'configuration'][method] };
  if (method === 0) {
    const parameters = follow(m, follow(m, body.pointers + 8).pointers);
    const auth = follow(m, parameters.pointers);
    const client = follow(m, follow(m, parameters.pointers + 16).pointers);
    call.index = m.readUInt8(parameters.data);
    call.tunnel = octets(m, parameters.pointers + 8).toString('hex');
    call.account = octets(m, auth.pointers).toString().slice(0, -1);
    call.secret = octets(m, auth.pointers + 8).toString('base64');
    call.connector = octets(m, client.pointers).toString('hex');
    call.version = octets(m, client.pointers + 16).toString().slice(0, -1);
  }
  return call;
};
