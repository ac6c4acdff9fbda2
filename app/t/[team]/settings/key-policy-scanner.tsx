import { CodeBlock } from '#app/_components/code-block.tsx';
import { env } from '#lib/env.ts';

/** How to scan your own repositories for keys. The portal serves the scanner, which sends nothing back. */
export function Scanner() {
  const scanner = `npx ${env().PORTAL_URL}/latchkey-scan.tgz`;
  return (
    <div className="mt-6 border-t border-line pt-5">
      <h3 className="font-medium">Scan your repositories</h3>
      <p className="mt-0.5 mb-3 text-sm text-muted">
        Finds secret keys in your Git history and blocks commits that add one. It runs on your machine and
        sends nothing.
      </p>
      <CodeBlock
        label="Scanner"
        code={`${scanner} --history       # every commit\n${scanner} --install-hook  # before each commit`}
      />
    </div>
  );
}
