'use client';

import { Send } from 'lucide-react';
import Link from 'next/link';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Badge } from '#app/_components/badge.tsx';
import { Button } from '#app/_components/button.tsx';
import { Callout } from '#app/_components/callout.tsx';
import { Card } from '#app/_components/card.tsx';
import { SelectField } from '#app/_components/field.tsx';
import { environmentLabel } from '#app/_keys/environments.ts';
import type { TesterCredential } from '#lib/tester/list-tester-credentials.ts';
import type { ReadTesterForm } from '#lib/tester/read-tester-form.ts';
import type { TesterValues } from '#lib/tester/tester-input.ts';
import { BodyField } from './body-field.tsx';
import { standing, valuesOf, withValue } from './form-values.ts';
import { ParameterField } from './parameter-field.tsx';
import { ProductionDialog } from './production-dialog.tsx';
import { ResponsePanel } from './response-panel.tsx';
import type { Again } from './tester.tsx';
import { useSend } from './use-send.ts';

const PLACES = { path: 'Path', query: 'Query', header: 'Headers' } as const;

/** The form of one endpoint, and what it was answered. */
export function RequestForm(props: {
  team: string;
  gatewayUrl: string;
  credential: TesterCredential;
  chosen: ReadTesterForm;
  again: Again | null;
  onAgain: () => void;
  onSent: () => void;
}) {
  const { team, credential, chosen, again, onAgain, onSent } = props;
  const { endpoint, form } = chosen;
  const [values, setValues] = useState<TesterValues>(() => valuesOf(form));
  const [asking, setAsking] = useState<TesterValues | null>(null);
  const { state, send, cancel } = useSend(team, onSent);
  const confirmed = useRef(new Set<string>());
  const formElement = useRef<HTMLFormElement>(null);
  const [sent, setSent] = useState<TesterValues | null>(null);
  const errors =
    state.status === 'failed' && state.failed.reason === 'invalid'
      ? standing(state.failed.fields, sent, values)
      : {};
  const isProduction = credential.environment === 'production';
  const isSafe = /^(GET|HEAD|OPTIONS)$/.test(endpoint.method);

  function submit(given: TesterValues) {
    if (state.status === 'sending') return;
    // A look with a Production key is asked about once, a change each time.
    if (isProduction && !(isSafe && confirmed.current.has(credential.keyId))) return setAsking(given);
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

  // biome-ignore lint/correctness/useExhaustiveDependencies: a request to be sent again arrives once.
  useEffect(() => {
    if (!again) return;
    const filled = valuesOf(form, again.values);
    setValues(filled);
    onAgain();
    submit(filled);
  }, [again]);

  const set = (place: 'path' | 'query' | 'header', name: string) => (text: string) =>
    setValues((before) => withValue(before, place, name, text));

  return (
    <div className="grid items-start gap-6 xl:grid-cols-2">
      <Card
        title="Request"
        actions={
          <Link
            href={`/docs/apis/${endpoint.apiSlug}/${endpoint.id}`}
            className="text-sm text-accent underline-offset-4 hover:underline"
          >
            Documentation
          </Link>
        }
      >
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
          {(endpoint.deprecated || endpoint.productionOnly) && (
            <p className="flex flex-wrap gap-2">
              {endpoint.deprecated && <Badge tone="warning">Deprecated</Badge>}
              {endpoint.productionOnly && <Badge tone="info">Production only</Badge>}
            </p>
          )}
          {form.fields.length === 0 && !form.body && (
            <p className="text-muted">This operation takes no parameters. Send it as it is.</p>
          )}
          {(['path', 'query', 'header'] as const).map((place) => {
            const fields = form.fields.filter((field) => field.place === place);
            if (fields.length === 0) return null;
            return (
              <fieldset key={place} className="flex min-w-0 flex-col gap-4">
                <legend className="mb-2 text-sm font-medium text-muted">{PLACES[place]}</legend>
                {fields.map((field) => (
                  <ParameterField
                    key={field.name}
                    field={field}
                    value={values[place][field.name] ?? ''}
                    error={errors[`${place} ${field.name}`]}
                    onChange={set(place, field.name)}
                  />
                ))}
              </fieldset>
            );
          })}
          {form.body && (
            <BodyField
              body={form.body}
              contentType={values.contentType}
              value={values.body}
              error={errors.body}
              onChange={(more) => setValues((before) => ({ ...before, ...more }))}
            />
          )}
          {form.unsupported.length > 0 && (
            <p className="text-sm text-muted">
              Bodies of type {form.unsupported.join(', ')} can not be typed here: use a client of your own.
            </p>
          )}
          {form.accepts.length > 1 && (
            <SelectField
              label="Accept"
              name="accept"
              value={values.accept}
              options={form.accepts.map((type) => ({ value: type, label: type }))}
              error={errors.accept ? [errors.accept] : undefined}
              onChange={(event) => setValues((before) => ({ ...before, accept: event.target.value }))}
            />
          )}
          {errors[''] && <Callout tone="danger">{errors['']}</Callout>}
          <div className="flex flex-wrap items-center gap-3">
            <Button
              type="submit"
              variant="primary"
              pending={state.status === 'sending'}
              aria-keyshortcuts="Control+Enter Meta+Enter"
            >
              {state.status !== 'sending' && <Send aria-hidden="true" />}
              {state.status === 'sending' ? 'Sending…' : 'Send request'}
            </Button>
            {state.status === 'sending' && <Button onClick={cancel}>Cancel</Button>}
            <span className="text-sm text-muted">
              With the {environmentLabel(credential.environment)} key “{credential.name}”.
            </span>
          </div>
        </form>
      </Card>
      <ResponsePanel team={team} gatewayUrl={props.gatewayUrl} state={state} />
      {asking && (
        <ProductionDialog
          credential={credential}
          endpoint={endpoint}
          typed={!confirmed.current.has(credential.keyId)}
          onClose={() => setAsking(null)}
          onConfirm={() => {
            confirmed.current.add(credential.keyId);
            void go(asking);
          }}
        />
      )}
    </div>
  );
}
