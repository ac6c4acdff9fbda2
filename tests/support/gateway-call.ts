import { execFile } from 'node:child_process';

export type GatewayAnswer = {
  status: number;
  /** Why the request was rejected; null if it wasn't. */
  code: string | null;
  id: string;
  headers: Headers;
  body: string;
};

/** One request through the gateway with only the secret key, as a client app sends it. */
export async function callGateway(
  url: string,
  secretKey: string,
  further: Record<string, string> = {},
): Promise<GatewayAnswer> {
  const response = await fetch(url, {
    headers: { 'X-API-Key': secretKey, ...further },
    signal: AbortSignal.timeout(15_000),
  });
  const body = await response.text();
  return answered(response.status, response.headers, body);
}

/** Runs a printed curl command as a shell would, with extra arguments. */
export async function runCurl(command: string, further = ''): Promise<GatewayAnswer> {
  const text = await new Promise<string>((resolve, reject) => {
    execFile('bash', ['-c', `${command} --silent --include ${further}`], (error, stdout) =>
      error && !stdout ? reject(error) : resolve(stdout),
    );
  });
  const [head = '', body = ''] = text.split(/\r\n\r\n([\s\S]*)/);
  const [first = '', ...lines] = head.split('\r\n');
  const headers = new Headers(
    lines.map((line): [string, string] => [
      line.slice(0, line.indexOf(':')),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
  return answered(Number(/^HTTP\/1\.1 (\d+)/.exec(first)?.[1]), headers, body);
}

function answered(status: number, headers: Headers, body: string): GatewayAnswer {
  const isProblem = headers.get('content-type')?.includes('application/problem+json');
  const code = isProblem ? (/"code":"(\w+)"/.exec(body)?.[1] ?? null) : null;
  return { status, code, id: headers.get('x-request-id') ?? '', headers, body };
}
