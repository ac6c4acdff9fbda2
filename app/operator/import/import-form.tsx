'use client';

import { idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { LinkButton } from '#app/_components/button.tsx';
import { Callout } from '#app/_components/callout.tsx';
import { PasswordField, TextAreaField, TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { importApiAction } from '#app/operator/actions.ts';
import type { ImportReport } from '#lib/catalog/import-document.ts';

export function ImportForm() {
  const [state, action] = useFormAction(importApiAction, idle);
  return (
    <form action={action} noValidate className="flex max-w-[560px] flex-col gap-4">
      <FormMessage state={state} />
      {state.status === 'done' && <Report report={state.value} />}
      <TextField
        label="File"
        name="file"
        type="file"
        accept=".json,.yaml,.yml"
        optional
        hint="Or paste the document below."
      />
      <TextAreaField
        label="Document"
        name="source"
        optional
        rows={6}
        className="font-mono text-sm"
        spellCheck={false}
        error={errorsOf(state, 'source')}
      />
      <TextField
        label="Upstream URL"
        name="upstream"
        required
        inputMode="url"
        placeholder="https://api.example.com/v1"
        error={errorsOf(state, 'upstream')}
      />
      <TextField
        label="Development upstream URL"
        name="upstreamDevelopment"
        optional
        inputMode="url"
        error={errorsOf(state, 'upstreamDevelopment')}
        hint="Where requests with Development keys are sent. Defaults to the upstream URL."
      />
      <TextField
        label="Staging upstream URL"
        name="upstreamStaging"
        optional
        inputMode="url"
        error={errorsOf(state, 'upstreamStaging')}
      />
      <TextField
        label="Name in the path"
        name="slug"
        optional
        error={errorsOf(state, 'slug')}
        hint="First path segment at the gateway. Derived from the title if left empty."
      />
      <TextField
        label="Upstream header"
        name="headerName"
        optional
        placeholder="X-Api-Key"
        error={errorsOf(state, 'headerName')}
        hint="Your own credential for the API, sent with every request."
      />
      <PasswordField
        label="Value of the upstream header"
        name="headerValue"
        optional
        autoComplete="off"
        error={errorsOf(state, 'headerValue')}
        hint="Stored encrypted and never shown again. Leave both empty to keep the stored header."
      />
      <div className="flex justify-end">
        <SubmitButton state={state} pendingLabel="Importing…">
          Import API
        </SubmitButton>
      </div>
    </form>
  );
}

function Report({ report }: { report: ImportReport }) {
  return (
    <div role="status">
      <Callout tone="success" title={`${report.created ? 'Imported' : 'Updated'} ${report.title}`}>
        <Names label="Added" names={report.added} />
        <Names label="Changed" names={report.changed} />
        <Names label="Removed" names={report.removed} />
        <p>Unchanged: {report.unchanged}</p>
        <LinkButton href={`/operator/apis/${report.slug}`} size="sm" className="mt-2">
          Open
        </LinkButton>
      </Callout>
    </div>
  );
}

function Names({ label, names }: { label: string; names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <details>
      <summary className="cursor-pointer">
        {label}: {names.length}
      </summary>
      <ul className="max-h-60 overflow-y-auto font-mono text-sm">
        {names.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </details>
  );
}
