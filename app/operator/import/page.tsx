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
        description="Import OpenAPI 3 or Swagger 2.0, in JSON or YAML. To update an API, import it again under the same name. For documents larger than 4 MB use the command line: npm run catalog."
      />
      <ImportForm />
    </>
  );
}
