/** Hop-by-hop headers and `host` (RFC 9110 section 7.6.1), which a proxy must not forward. */
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

/** Alternating names and values without the hop-by-hop headers. Values can be buffers, as undici returns them. */
export function endToEnd(raw) {
  const kept = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i].toString('latin1');
    if (!HOP_BY_HOP.has(name.toLowerCase())) kept.push(name, raw[i + 1].toString('latin1'));
  }
  return kept;
}
