'use client';

import { Send } from 'lucide-react';
import Link from 'next/link';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Button } from '#app/_components/button.tsx';
import { Callout } from '#app/_components/callout.tsx';
import { Card } from '#app/_components/card.tsx';
import { environmentLabel } from '#app/_keys/environments.ts';
import type { TesterCredential } from '#lib/tester/list-tester-credentials.ts';
import type { ReadTesterForm } from '#lib/tester/read-tester-form.ts';
import type { TesterValues } from '#lib/tester/tester-input.ts';
import { currentErrors, valuesOf } from './form-values.ts';
import { ProductionDialog } from './production-dialog.tsx';
import type { RepeatedRequest } from './repeated-request.ts';
import { RequestFields } from './request-fields.tsx';
import { ResponsePanel } from './response-panel.tsx';
import { useSend } from './use-send.ts';

/** The form for one endpoint, and the response. */
export function RequestForm(props: {
  team: string;
  gatewayUrl: string;
  credential: TesterCredential;
  chosen: ReadTesterForm;
  /** A past request to send with this form. */
  repeated: RepeatedRequest | null;
  onRepeated: () => void;
  onSent: () => void;
}) {
  const { team, credential, chosen, repeated, onRepeated, onSent } = props;
  const { endpoint, form } = chosen;
  const [values, setValues] = useState<TesterValues>(() => valuesOf(form));
  const [confirming, setConfirming] = useState<TesterValues | null>(null);
  const { state, send, cancel } = useSend(team, onSent);
  const confirmed = useRef(new Set<string>());
  const formElement = useRef<HTMLFormElement>(null);
  const [sent, setSent] = useState<TesterValues | null>(null);
  const errors =
    state.status === 'failed' && state.failed.reason === 'invalid'
      ? currentErrors(state.failed.fields, sent, values)
      : {};
  const isProduction = credential.environment === 'production';
  const isSafe = /^(GET|HEAD|OPTIONS)$/.test(endpoint.method);

  function submit(given: TesterValues) {
    if (state.status === 'sending') return;
    // With a Production key, the first read and every change need a confirmation.
    if (isProduction && !(isSafe && confirmed.current.has(credential.keyId))) return setConfirming(given);
    void go(given);
  }

  async function go(given: TesterValues) {
    setSent(given);
    const result = await send({
      keyId: credential.keyId,
      endpointId: endpoint.id,
      values: given,
      production: isProduction,
    });
    if (result && !result.ok && result.reason === 'invalid')
      setTimeout(() => formElement.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  }

  // biome-ignore lint/correctness/useExhaustiveDependencies: a repeated request arrives once.
  useEffect(() => {
    if (!repeated) return;
    const filled = valuesOf(form, repeated.values);
    setValues(filled);
    onRepeated();
    submit(filled);
  }, [repeated]);

  return (
    <div className="grid items-start gap-6 xl:grid-cols-2">
      <Card title="Request" actions={<DocumentationLink endpoint={endpoint} />}>
        <form
          ref={formElement}
          noValidate
          aria-label="Request"
          className="flex min-w-0 flex-col gap-5"
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            submit(values);
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            submit(values);
          }}
        >
          <RequestFields
            chosen={chosen}
            values={values}
            errors={errors}
            onChange={(change) => setValues(change)}
          />
          {errors[''] && <Callout tone="danger">{errors['']}</Callout>}
          <SendRow credential={credential} sending={state.status === 'sending'} onCancel={cancel} />
        </form>
      </Card>
      <ResponsePanel team={team} gatewayUrl={props.gatewayUrl} state={state} />
      {confirming && (
        <ProductionDialog
          credential={credential}
          endpoint={endpoint}
          typed={!confirmed.current.has(credential.keyId)}
          onClose={() => setConfirming(null)}
          onConfirm={() => {
            confirmed.current.add(credential.keyId);
            void go(confirming);
          }}
        />
      )}
    </div>
  );
}

const DocumentationLink = ({ endpoint }: { endpoint: ReadTesterForm['endpoint'] }) => (
  <Link
    href={`/docs/apis/${endpoint.apiSlug}/${endpoint.id}`}
    className="text-sm text-accent underline-offset-4 hover:underline"
  >
    Documentation
  </Link>
);

function SendRow({
  credential,
  sending,
  onCancel,
}: {
  credential: TesterCredential;
  sending: boolean;
  onCancel: () => void;
}) {
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button type="submit" variant="primary" pending={sending} aria-keyshortcuts="Control+Enter Meta+Enter">
        {!sending && <Send aria-hidden="true" />}
        {sending ? 'Sending…' : 'Send request'}
      </Button>
      {sending && <Button onClick={onCancel}>Cancel</Button>}
      <span className="text-sm text-muted">
        With the {environmentLabel(credential.environment)} key “{credential.name}”.
      </span>
    </div>
  );
}
