import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Manifest = z.object({
  node: z.record(z.string(), z.object({ exportedName: z.string(), filename: z.string() })),
});
const Csrf = z.object({ csrfToken: z.string() });

/** IDs of the built server actions by `file#export`, as a browser sends them. */
export function actionIds(): Map<string, string> {
  const file = join('.next', 'server', 'server-reference-manifest.json');
  const { node } = Manifest.parse(JSON.parse(readFileSync(file, 'utf8')));
  return new Map(
    Object.entries(node).map(([id, { filename, exportedName }]) => [`${filename}#${exportedName}`, id]),
  );
}

export type ActionAnswer = {
  /** HTTP status of the response. */
  status: number;
  /** `status` of the returned state (`done`, `invalid`, `refused`), or null if there is none. */
  state: string | null;
  /** The target of a redirect. */
  location: string | null;
  headers: Headers;
  /** The whole response, to check what it must not contain. */
  text: string;
};

const locationOf = ({ headers }: Response) => headers.get('x-action-redirect') ?? headers.get('location');

const answered = async (response: Response) => ({
  ...{ status: response.status, headers: response.headers, location: locationOf(response) },
  text: await response.text(),
});

/** A client without a browser: cookies, pages and server actions over HTTP, without client-side checks. */
export class PortalClient {
  readonly #origin: string;
  readonly #ids = actionIds();
  #cookies = new Map<string, string>();

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Signs in through next-auth; true if that created a session. */
  async signIn(
    account: { email: string; password: string },
    knownCsrfToken?: string,
    further: Readonly<Record<string, string>> = {},
  ): Promise<boolean> {
    const csrfToken = knownCsrfToken ?? (await this.csrfToken());
    await this.#send('/api/auth/callback/credentials', {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...further },
      body: new URLSearchParams({ ...account, csrfToken, json: 'true' }).toString(),
    });
    return [...this.#cookies.keys()].some((name) => name.endsWith('session-token'));
  }

  async csrfToken(): Promise<string> {
    return Csrf.parse(JSON.parse((await this.get('/api/auth/csrf')).text)).csrfToken;
  }

  /** Signs out through next-auth; true when the cookie is gone. */
  async signOut(): Promise<boolean> {
    const body = new URLSearchParams({ csrfToken: await this.csrfToken(), json: 'true' }).toString();
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    await this.#send('/api/auth/signout', { method: 'POST', headers, body });
    return ![...this.#cookies.keys()].some((name) => name.endsWith('session-token'));
  }

  async post(path: string, json: unknown) {
    const headers = { 'Content-Type': 'application/json', Origin: this.#origin };
    const response = await this.#send(path, { method: 'POST', headers, body: JSON.stringify(json) });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** Submits a plain form, as a browser without JavaScript does. Follows no redirects. */
  async submit(path: string, fields: Readonly<Record<string, string>>) {
    const headers = { Origin: this.#origin, 'Content-Type': 'application/x-www-form-urlencoded' };
    const body = new URLSearchParams(fields).toString();
    return answered(await this.#send(path, { method: 'POST', headers, body }));
  }

  /** Sends any request, for what no browser sends. */
  async request(path: string, headers: Record<string, string>, body?: string, method = 'POST') {
    const init = {
      method,
      headers: { Origin: this.#origin, ...headers },
      ...(body === undefined ? {} : { body }),
    };
    return answered(await this.#send(path, init));
  }

  /** Opens a stream and reads what arrives first. */
  async peek(path: string, headers: Record<string, string> = {}, forMs = 300) {
    const leaving = new AbortController();
    const response = await this.#send(path, { headers, signal: leaving.signal });
    setTimeout(() => leaving.abort(), forMs);
    let text = '';
    try {
      for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
    } catch (error) {
      if (!leaving.signal.aborted) throw error;
    }
    return { status: response.status, headers: response.headers, location: locationOf(response), text };
  }

  /** Another client with a copy of the cookies: a stolen session. */
  copy(origin = this.#origin): PortalClient {
    const copy = new PortalClient(origin);
    copy.#cookies = new Map(this.#cookies);
    return copy;
  }

  /**
   * Requests a page or a file. Next returns a payload of its router only at a URL with a digest of the headers, and
   * redirects there.
   */
  async get(path: string, headers: Record<string, string> = {}) {
    const response = await this.#send(path, { headers });
    const to = response.headers.get('location');
    if (!headers.RSC || !to) return answered(response);
    const there = new URL(to, this.#origin);
    const isSame = there.pathname === new URL(path, this.#origin).pathname && there.searchParams.has('_rsc');
    if (!isSame) return answered(response);
    await response.body?.cancel();
    return answered(await this.#send(there.pathname + there.search, { headers }));
  }

  /**
   * Calls a form action as React does: encoded arguments, the form last. `page` is any page whose bundle contains the
   * action; `bound` are the arguments before the form.
   */
  async act(
    action: string,
    page: string,
    bound: readonly unknown[],
    fields: Readonly<Record<string, string>>,
  ): Promise<ActionAnswer> {
    const id = this.#idOf(action);
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.append(`_1_${name}`, value);
    body.append('0', JSON.stringify([...bound, '$K1']));
    const response = await this.#send(page, {
      method: 'POST',
      headers: { 'Next-Action': id, Accept: 'text/x-component', Origin: this.#origin },
      body,
    });
    const text = await response.text();
    const value = /^\d+:(\{"status":.*\})$/m.exec(text)?.[1];
    return {
      status: response.status,
      headers: response.headers,
      state: value ? z.object({ status: z.string() }).parse(JSON.parse(value)).status : null,
      location: locationOf(response),
      text,
    };
  }

  /** Calls a server action with plain arguments. `value` is its result; undefined if there was none. */
  async call(
    action: string,
    page: string,
    args: readonly unknown[],
  ): Promise<ActionAnswer & { value: unknown }> {
    const headers = { Accept: 'text/x-component', 'Content-Type': 'text/plain;charset=UTF-8' };
    const response = await this.#send(page, {
      method: 'POST',
      headers: { ...headers, 'Next-Action': this.#idOf(action), Origin: this.#origin },
      body: JSON.stringify(args),
    });
    const text = await response.text();
    const line = response.ok ? /^1:([[{"n].*)$/m.exec(text)?.[1] : undefined;
    return {
      ...{
        status: response.status,
        headers: response.headers,
        state: null,
        text,
        location: locationOf(response),
      },
      value: line === undefined ? undefined : JSON.parse(line),
    };
  }

  #idOf(action: string): string {
    const id = this.#ids.get(action);
    if (!id) throw new Error(`no server action ${action}`);
    return id;
  }

  async #send(path: string, init: RequestInit & { headers?: Record<string, string> }): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...init.headers, ...(cookie ? { Cookie: cookie } : {}) };
    const response = await fetch(`${this.#origin}${path}`, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
      if (value === '' || /max-age=0|expires=thu, 01 jan 1970/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return response;
  }
}
