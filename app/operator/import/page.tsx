import type { Metadata } from 'next';
import { PageHeader } from '#app/_components/page-header.tsx';
import { requireOperator } from '#app/_http/session.ts';
import { ImportForm } from './import-form.tsx';

export const metadata: Metadata = { title: 'Import API' };

export default async function ImportPage() {
  await requireOperator();
  return (
    <>
      <PageHeader
        title="Import API"
        description="An OpenAPI 3.0 or 3.1 document as JSON or YAML. Import it again under the same name to bring it up to date. Documents over 4 MB go by the command line: npm run catalog."
      />
      <ImportForm />
    </>
  );
}
