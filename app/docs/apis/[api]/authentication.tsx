import Link from 'next/link';
import { CodeBlock } from '#app/_components/code-block.tsx';
import { Tabs } from '#app/_components/tabs.tsx';

/** The three ways to send an API key, each as a curl command. */
export function Authentication({ base }: { base: string }) {
  const call = (...headers: string[]) =>
    `curl ${headers.map((header) => `${header} \\\n  `).join('')}'${base}/…'`;
  const ways = [
    {
      value: 'basic',
      label: 'HTTP Basic',
      code: call("--user 'YOUR_SHARED_KEY:YOUR_SECRET_KEY'"),
    },
    {
      value: 'headers',
      label: 'Two headers',
      code: call("--header 'X-Shared-Key: YOUR_SHARED_KEY'", "--header 'X-Secret-Key: YOUR_SECRET_KEY'"),
    },
    {
      value: 'secret',
      label: 'Secret key alone',
      code: `${call("--header 'Authorization: Bearer YOUR_SECRET_KEY'")}\n\n# or\n${call("--header 'X-API-Key: YOUR_SECRET_KEY'")}`,
    },
  ];
  return (
    <section aria-labelledby="authentication" className="flex min-w-0 flex-col gap-2">
      <h2 id="authentication" className="text-lg font-semibold">
        Authentication
      </h2>
      <p className="text-muted">
        Send your API key with every request, in headers and over HTTPS, in one of three ways. Requests with a
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
