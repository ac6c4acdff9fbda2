/** Headers that belong to one connection, and `host` (RFC 9110 section 7.6.1): no proxy may hand them on. */
export const HOP_BY_HOP = new Set([
  'connection',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Names and values in turn, without the hop-by-hop ones. Values may be buffers, as undici hands them out. */
export function endToEnd(raw) {
  const kept = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i].toString('latin1');
    if (!HOP_BY_HOP.has(name.toLowerCase())) kept.push(name, raw[i + 1].toString('latin1'));
  }
  return kept;
}
