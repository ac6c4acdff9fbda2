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
import { TOPICS } from '#lib/catalog/note-topics.ts';
import type { ImportPreview } from '#lib/catalog/preview-import.ts';
import { formatCount } from '#lib/format.ts';

export function ImportForm() {
  const [state, action] = useFormAction(importApiAction, idle);
  const preview = state.status === 'done' && 'preview' in state.value ? state.value.preview : null;
  const report = state.status === 'done' && 'report' in state.value ? state.value.report : null;
  return (
    <form action={action} noValidate className="flex max-w-[560px] flex-col gap-4">
      {/* A preview keeps the entries, because the next step sends them again. */}
      <FormMessage state={preview ? idle : state} />
      {report && <Report report={report} />}
      <TextField
        label="File"
        name="file"
        type="file"
        accept=".json,.yaml,.yml,.zip"
        optional
        hint="A .zip can contain several files with relative references."
      />
      <TextField
        label="Document URL"
        name="url"
        optional
        inputMode="url"
        placeholder="https://api.example.com/openapi.yaml"
        error={errorsOf(state, 'url')}
        hint="Fetched with the files that it refers to."
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
      {preview && <Preview preview={preview} />}
      <div className="flex justify-end gap-2">
        <SubmitButton
          state={preview ? idle : state}
          name="step"
          value="preview"
          variant={preview ? 'secondary' : 'primary'}
          pendingLabel="Reading…"
        >
          Preview
        </SubmitButton>
        {preview && (
          <SubmitButton state={state} name="step" value="apply" pendingLabel="Importing…">
            Import API
          </SubmitButton>
        )}
      </div>
    </form>
  );
}

function Preview({ preview }: { preview: ImportPreview }) {
  const breaking = preview.changed.filter((change) => change.breaking.length > 0);
  const called = preview.removed.filter(({ callers }) => callers.length > 0);
  const isHarmless = breaking.length === 0 && called.length === 0;
  return (
    <div role="status">
      <Callout
        tone={isHarmless ? 'info' : 'warning'}
        title={`${preview.exists ? 'Updates' : 'Adds'} ${preview.title} as /${preview.slug}`}
      >
        <Names label="Added" names={preview.added} />
        <Names label="Changed" names={preview.changed.map(({ name }) => name)} />
        <Names
          label="Breaking"
          names={breaking.map((change) => `${change.name}: ${change.breaking.join('. ')}`)}
        />
        <Names label="Removed" names={preview.removed.map(({ name }) => name)} />
        <Names
          label="Removed and in use"
          names={called.map(
            ({ name, callers }) =>
              `${name}: ${callers.map((caller) => `${caller.app} (${caller.team}), ${formatCount(caller.requests, 'request')} in 30 days`).join('; ')}`,
          )}
        />
        <p>Unchanged: {preview.unchanged}</p>
        <Findings skipped={preview.skipped} notes={preview.notes} />
      </Callout>
    </div>
  );
}

/** What is left out, and what doesn't take effect. */
function Findings({ skipped, notes }: Pick<ImportPreview, 'skipped' | 'notes'>) {
  return (
    <>
      {[...Map.groupBy(skipped, ({ reason }) => reason)].map(([reason, list]) => (
        <Names key={reason} label={`Left out (${reason})`} names={list.map(({ name }) => name)} />
      ))}
      {[...Map.groupBy(notes, ({ topic }) => topic)].map(([topic, list]) => (
        <Names
          key={topic}
          label={TOPICS[topic]}
          names={list.map(({ place, reason }) => `${place}: ${reason}`)}
        />
      ))}
    </>
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
        <Findings skipped={report.skipped} notes={report.notes} />
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
      <ul className="max-h-60 overflow-y-auto break-words font-mono text-sm">
        {names.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </details>
  );
}
