import { whyNotForwarded } from './forwarded-headers.ts';
import { isObject, type Json, pointer, text } from './json-value.ts';
import { resolveRef } from './resolve-ref.ts';

/** Something that the document declares and the gateway doesn't do. */
export type Limit = { topic: 'header' | 'server'; place: string; reason: string };

type Declared = { place: string; operations: number };

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'query'];

/** Header parameters that are never forwarded, and servers below the document's own. One entry for each name. */
export function findLimits(root: Json): Limit[] {
  const headers = new Map<string, Declared>();
  const cookies = new Map<string, Declared>();
  const servers: Limit[] = [];
  for (const { item, place, operations } of pathItems(root)) {
    addServers(servers, item, place);
    for (const { operation, at } of operations) {
      addServers(servers, operation, at);
      for (const { name, where } of declared(root, item, operation)) {
        const map = where === 'cookie' ? cookies : headers;
        const known = map.get(name);
        if (known) known.operations++;
        else map.set(name, { place: at, operations: 1 });
      }
    }
  }
  return [
    ...[...headers].flatMap(([name, { place, operations }]): Limit[] => {
      const reason = whyNotForwarded(name);
      return reason
        ? [
            {
              topic: 'header',
              place,
              reason: `The header ${name} isn’t forwarded: ${reason}${times(operations)}.`,
            },
          ]
        : [];
    }),
    ...[...cookies].map(
      ([name, { place, operations }]): Limit => ({
        topic: 'header',
        place,
        reason: `The cookie "${name}" isn’t forwarded: cookies stay at the gateway${times(operations)}.`,
      }),
    ),
    ...schemes(root),
    ...servers,
  ];
}

/** Keys of the API itself that clients can't send. */
function schemes(root: Json): Limit[] {
  const { securitySchemes } = isObject(root.components) ? root.components : {};
  return Object.entries(isObject(securitySchemes) ? securitySchemes : {}).flatMap(([key, given]): Limit[] => {
    const scheme = resolveRef(root, given).value;
    if (!isObject(scheme) || scheme.type !== 'apiKey') return [];
    const name = text(scheme.name);
    const why = scheme.in === 'cookie' ? 'cookies stay at the gateway' : whyNotForwarded(name);
    if (!name || !why || (scheme.in !== 'header' && scheme.in !== 'cookie')) return [];
    const reason = `The ${scheme.in} ${name} of this security scheme isn’t forwarded: ${why}. To send your own, set an upstream header.`;
    return [{ topic: 'header', place: pointer('components', 'securitySchemes', key), reason }];
  });
}

const times = (operations: number): string => (operations > 1 ? ` (${operations} operations)` : '');

type Item = { item: Json; place: string; operations: { operation: Json; at: string }[] };

function pathItems(root: Json): Item[] {
  return Object.entries(isObject(root.paths) ? root.paths : {}).flatMap(([path, given]) => {
    const item = resolveRef(root, given).value;
    if (path.startsWith('x-') || !isObject(item)) return [];
    const operations = METHODS.flatMap((method) => {
      const operation = resolveRef(root, item[method]).value;
      return isObject(operation) ? [{ operation, at: pointer('paths', path, method) }] : [];
    });
    return [{ item, place: pointer('paths', path), operations }];
  });
}

function addServers(limits: Limit[], holder: Json, place: string): void {
  if (!Array.isArray(holder.servers) || holder.servers.length === 0) return;
  const urls = holder.servers.map((server) => (isObject(server) ? text(server.url) : '')).filter(Boolean);
  limits.push({
    topic: 'server',
    place,
    reason: `Its own server ${urls.join(', ')} isn’t used: requests go to the upstream URL.`,
  });
}

function declared(root: Json, item: Json, operation: Json): { name: string; where: 'header' | 'cookie' }[] {
  const lists = [item.parameters, operation.parameters].flatMap((list) => (Array.isArray(list) ? list : []));
  const found = new Map<string, { name: string; where: 'header' | 'cookie' }>();
  for (const given of lists) {
    const parameter = resolveRef(root, given).value;
    if (!isObject(parameter)) continue;
    const where = parameter.in;
    const name = text(parameter.name);
    if (name && (where === 'header' || where === 'cookie')) found.set(`${where} ${name}`, { name, where });
  }
  return [...found.values()];
}
