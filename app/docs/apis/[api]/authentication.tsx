import Link from 'next/link';
import { CodeBlock } from '#app/_components/code-block.tsx';
import { Tabs } from '#app/_components/tabs.tsx';
import type { KeyMethod } from '#db/schema/catalog.ts';

/** The ways to send an API key to this API, each as a curl command. */
export function Authentication({
  base,
  keys: { keyMethod, keyHeader },
}: {
  base: string;
  keys: { keyMethod: KeyMethod; keyHeader: string | null };
}) {
  const call = (...headers: string[]) =>
    `curl ${headers.map((header) => `${header} \\\n  `).join('')}'${base}/…'`;
  const basic = call("--user 'YOUR_SHARED_KEY:YOUR_SECRET_KEY'");
  const bearer = call("--header 'Authorization: Bearer YOUR_SECRET_KEY'");
  const own = call(`--header '${keyHeader ?? 'X-API-Key'}: YOUR_SECRET_KEY'`);
  const secret = { any: `${bearer}\n\n# or\n${own}`, bearer, basic: null, 'x-api-key': own, header: own };
  const alone = secret[keyMethod];
  const isBasic = keyMethod === 'any' || keyMethod === 'basic';
  const ways = [
    ...(isBasic ? [{ value: 'basic', label: 'HTTP Basic', code: basic }] : []),
    {
      value: 'headers',
      label: 'Two headers',
      code: call("--header 'X-Shared-Key: YOUR_SHARED_KEY'", "--header 'X-Secret-Key: YOUR_SECRET_KEY'"),
    },
    ...(alone === null ? [] : [{ value: 'secret', label: 'Secret key alone', code: alone }]),
  ];
  return (
    <section aria-labelledby="authentication" className="flex min-w-0 flex-col gap-2">
      <h2 id="authentication" className="text-lg font-semibold">
        Authentication
      </h2>
      <p className="text-muted">
        Send your API key with every request, in headers and over HTTPS, in one of these ways. Requests with a
        key in the query string are rejected. Don’t send the key to other hosts when you follow redirects.
      </p>
      <Tabs
        label="Ways to authenticate"
        items={ways.map(({ code, ...tab }) => ({
          ...tab,
          content: <CodeBlock label={tab.label} code={code} />,
        }))}
      />
      <p className="text-muted">
        Errors have status 401 and a code, such as <ErrorLink code="missing_credentials" />,{' '}
        <ErrorLink code="invalid_credentials" /> or <ErrorLink code="credential_expired" />.
      </p>
    </section>
  );
}

export function ErrorLink({ code }: { code: string }) {
  return (
    <Link
      href={`/docs/errors/${code}`}
      prefetch={false}
      className="font-mono text-sm text-accent underline underline-offset-4"
    >
      {code}
    </Link>
  );
}
