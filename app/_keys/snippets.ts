import type { ExampleCall } from '#lib/applications/example-call.ts';

type SnippetInput = {
  gatewayUrl: string;
  sharedKey: string;
  secretKey: string;
  example: ExampleCall;
};

/** The keys as environment variables for a `.env` file. `comment` is one line. */
export function dotEnv(
  { gatewayUrl, sharedKey, secretKey }: Omit<SnippetInput, 'example'>,
  comment: string,
): string {
  return [
    `# ${comment}. Never commit this file to version control.`,
    `LATCHKEY_GATEWAY_URL=${gatewayUrl}`,
    `LATCHKEY_SHARED_KEY=${sharedKey}`,
    `LATCHKEY_SECRET_KEY=${secretKey}`,
    '',
  ].join('\n');
}

/** A request for a POSIX shell. The pair is sent in its own headers, which every API accepts. */
export function curlSnippet({ gatewayUrl, sharedKey, secretKey, example }: SnippetInput): string {
  const { method, path, headers, body } = example;
  const lines = [
    ...(method === 'HEAD' ? ['--head'] : method === 'GET' ? [] : [`--request ${method}`]),
    ...Object.entries({ 'X-Shared-Key': sharedKey, 'X-Secret-Key': secretKey, ...headers }).map(
      ([name, value]) => `--header ${shell(`${name}: ${value}`)}`,
    ),
    ...(body === null ? [] : [`--data-raw ${shell(body)}`]),
    shell(gatewayUrl + path),
  ];
  return `curl ${lines.join(' \\\n  ')}`;
}

export function nodeSnippet({ gatewayUrl, sharedKey, secretKey, example }: SnippetInput): string {
  const { method, path, headers, body } = example;
  const sent = { 'X-Shared-Key': sharedKey, 'X-Secret-Key': secretKey, ...headers };
  return [
    '// Save as call.mjs and run: node call.mjs',
    '// In your own code, read both keys from the environment.',
    `const response = await fetch(${JSON.stringify(gatewayUrl + path)}, {`,
    ...(method === 'GET' ? [] : [`  method: ${JSON.stringify(method)},`]),
    '  headers: {',
    ...Object.entries(sent).map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)},`),
    '  },',
    ...(body === null ? [] : [`  body: ${JSON.stringify(body)},`]),
    '});',
    'console.log(response.status, await response.text());',
  ].join('\n');
}

/** Python 3, standard library only. JSON's string literals are Python's as well. */
export function pythonSnippet({ gatewayUrl, sharedKey, secretKey, example }: SnippetInput): string {
  const { method, path, headers, body } = example;
  const sent = { 'X-Shared-Key': sharedKey, 'X-Secret-Key': secretKey, ...headers };
  return [
    '# Save as call.py and run: python3 call.py',
    '# In your own code, read both keys from the environment.',
    'import urllib.error',
    'import urllib.request',
    '',
    'request = urllib.request.Request(',
    `    ${JSON.stringify(gatewayUrl + path)},`,
    ...(method === 'GET' ? [] : [`    method=${JSON.stringify(method)},`]),
    '    headers={',
    ...Object.entries(sent).map(
      ([name, value]) => `        ${JSON.stringify(name)}: ${JSON.stringify(value)},`,
    ),
    '    },',
    ...(body === null ? [] : [`    data=${JSON.stringify(body)}.encode(),`]),
    ')',
    'try:',
    '    response = urllib.request.urlopen(request)',
    'except urllib.error.HTTPError as error:',
    '    response = error',
    'print(response.status, response.read().decode())',
  ].join('\n');
}

/** Go, standard library only. */
export function goSnippet({ gatewayUrl, sharedKey, secretKey, example }: SnippetInput): string {
  const { method, path, headers, body } = example;
  const sent = { 'X-Shared-Key': sharedKey, 'X-Secret-Key': secretKey, ...headers };
  return [
    '// Save as call.go and run: go run call.go',
    '// In your own code, read both keys from the environment.',
    'package main',
    '',
    'import (',
    ...['fmt', 'io', 'log', 'net/http', ...(body === null ? [] : ['strings'])].map((name) => `\t"${name}"`),
    ')',
    '',
    'func main() {',
    `\trequest, err := http.NewRequest(${go(method)}, ${go(gatewayUrl + path)}, ${
      body === null ? 'nil' : `strings.NewReader(${go(body)})`
    })`,
    '\tif err != nil {',
    '\t\tlog.Fatal(err)',
    '\t}',
    ...Object.entries(sent).map(([name, value]) => `\trequest.Header.Set(${go(name)}, ${go(value)})`),
    '\tresponse, err := http.DefaultClient.Do(request)',
    '\tif err != nil {',
    '\t\tlog.Fatal(err)',
    '\t}',
    '\tdefer response.Body.Close()',
    '\ttext, err := io.ReadAll(response.Body)',
    '\tif err != nil {',
    '\t\tlog.Fatal(err)',
    '\t}',
    '\tfmt.Println(response.StatusCode, string(text))',
    '}',
  ].join('\n');
}

/** A JSON literal is a Go literal, except that Go files can't contain lone surrogates or a byte order mark. */
const go = (text: string) => JSON.stringify(text.toWellFormed()).replaceAll('\ufeff', '\\ufeff');

const shell = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
