import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** The sample API behind the gateway: a small weather service that returns the same weather for the same day. */

const CITIES = [
  ['lisbon', 'Lisbon', 'PT', 19],
  ['porto', 'Porto', 'PT', 16],
  ['berlin', 'Berlin', 'DE', 11],
  ['hamburg', 'Hamburg', 'DE', 10],
  ['oslo', 'Oslo', 'NO', 6],
  ['nairobi', 'Nairobi', 'KE', 20],
  ['lima', 'Lima', 'PE', 19],
  ['kyoto', 'Kyoto', 'JP', 16],
  ['wellington', 'Wellington', 'NZ', 13],
  ['toronto', 'Toronto', 'CA', 9],
] as const;
const CONDITIONS = ['clear', 'partly cloudy', 'cloudy', 'light rain', 'showers', 'windy'];
const MIB = 1024 ** 2;

type City = (typeof CITIES)[number];

const cityOf = ([id, name, country]: City) => ({ id, name, country });

function weatherOn(city: City, day: number, imperial: boolean) {
  const wave = Math.sin(day / 3 + city[0].length) * 6;
  const celsius = Math.round((city[3] + wave) * 10) / 10;
  return {
    city: city[0],
    date: new Date(day * 86_400_000).toISOString().slice(0, 10),
    temperature: imperial ? Math.round(celsius * 18 + 320) / 10 : celsius,
    humidity: 45 + ((day * 7 + city[1].length * 5) % 50),
    conditions: CONDITIONS[(day + city[0].charCodeAt(0)) % CONDITIONS.length],
  };
}

function json(response: ServerResponse, status: number, body: unknown): void {
  const text = `${JSON.stringify(body, null, 2)}\n`;
  response
    .writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) })
    .end(text);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // HTTP streams yield Buffers.
  return Buffer.concat(chunks);
}

async function observe(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const given = JSON.parse((await bodyOf(request)).toString()) as { city?: unknown; temperature?: unknown };
    if (!CITIES.some(([id]) => id === given.city) || typeof given.temperature !== 'number') throw new Error();
    json(response, 201, { accepted: true, observation: given });
  } catch {
    json(response, 422, {
      error: 'An observation is an object with a known "city" and a number "temperature".',
    });
  }
}

function sendLarge(response: ServerResponse, bytes: number): void {
  response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': bytes });
  const block = Buffer.alloc(64 * 1024, 'latchkey');
  let left = bytes;
  const send = () => {
    while (left > 0) {
      const part = left >= block.length ? block : block.subarray(0, left);
      left -= part.length;
      if (!response.write(part)) return void response.once('drain', send);
    }
    response.end();
  };
  send();
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://sample');
  const [, first, second, third] = url.pathname.split('/');
  const number = (name: string, fallback: number, max: number) =>
    Math.min(max, Math.max(0, Number(url.searchParams.get(name) ?? fallback) || 0));
  const today = Math.floor(Date.now() / 86_400_000);
  const imperial = url.searchParams.get('units') === 'imperial';

  if (first === 'echo') {
    const body = (await bodyOf(request)).toString('utf8').slice(0, MIB);
    return json(response, 200, {
      method: request.method,
      path: url.pathname,
      query: url.search,
      headers: request.headers,
      body,
    });
  }
  if (first === 'slow')
    return void setTimeout(() => json(response, 200, { late: true }), number('ms', 1_000, 60_000));
  if (first === 'large') return sendLarge(response, number('bytes', MIB, 1024 * MIB));
  if (first === 'fail') {
    const status = Number(second);
    return json(response, status >= 400 && status <= 599 ? status : 500, {
      error: `You asked for ${second}.`,
    });
  }
  if (first === 'observations' && request.method === 'POST') return observe(request, response);
  if (first === 'cities' && !second) {
    const country = url.searchParams.get('country')?.toUpperCase();
    const found = CITIES.filter((city) => !country || city[2] === country).slice(0, number('limit', 20, 100));
    return json(response, 200, found.map(cityOf));
  }
  const city = first === 'cities' && CITIES.find(([id]) => id === second);
  if (!city) return json(response, 404, { error: 'No such city or page.' });
  if (!third) return json(response, 200, cityOf(city));
  if (third === 'current') return json(response, 200, weatherOn(city, today, imperial));
  if (third === 'forecast')
    return json(
      response,
      200,
      Array.from({ length: number('days', 5, 14) }, (_, i) => weatherOn(city, today + i, imperial)),
    );
  json(response, 404, { error: 'No such page.' });
}

const port = Number(process.argv[2] ?? 0);
const server = createServer((request, response) => {
  answer(request, response).catch(() => response.destroy());
});
server.keepAliveTimeout = 70_000; // Longer than the gateway keeps idle connections.
server.listen(port, '127.0.0.1', () => {
  const address = server.address();
  console.log(`Sample API listens on port ${address && typeof address === 'object' ? address.port : port}`);
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}
