import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { InlineMarkdown } from '#app/_docs/markdown.tsx';
import { Values } from '#app/_docs/schema-view.tsx';
import type { ParameterDocs } from '#lib/catalog/read-operation-docs.ts';

const PLACES = { path: 'Path', query: 'Query', header: 'Header' } as const;

export function ParameterTable({ parameters }: { parameters: readonly ParameterDocs[] }) {
  if (parameters.length === 0) return null;
  return (
    <section aria-labelledby="parameters" className="flex min-w-0 flex-col gap-2">
      <h2 id="parameters" className="text-lg font-semibold">
        Parameters
      </h2>
      <Table label="Parameters" className="sm:max-h-none">
        <THead>
          <Tr>
            <Th>Name</Th>
            <Th>In</Th>
            <Th>Type</Th>
            <Th>Description</Th>
          </Tr>
        </THead>
        <TBody>
          {parameters.map((parameter) => (
            <Tr key={`${parameter.in} ${parameter.name}`}>
              <Td label="Name" className="align-top!">
                <span className="flex flex-col">
                  <code className="font-medium break-all">{parameter.name}</code>
                  {parameter.required && <span className="text-sm text-warning">required</span>}
                  {parameter.deprecated && <span className="text-sm text-muted">deprecated</span>}
                </span>
              </Td>
              <Td label="In" className="align-top!">
                {PLACES[parameter.in]}
              </Td>
              <Td label="Type" className="align-top!">
                {parameter.type}
              </Td>
              <Td label="Description" className="align-top!">
                <Description parameter={parameter} />
              </Td>
            </Tr>
          ))}
        </TBody>
      </Table>
    </section>
  );
}

function Description({ parameter }: { parameter: ParameterDocs }) {
  const { description, facts, values, example } = parameter;
  if (!description && facts.length === 0 && values.length === 0 && example === undefined)
    return <span className="text-faint">—</span>;
  return (
    <div className="flex min-w-0 flex-col gap-0.5">
      {description && (
        <p className="break-words">
          <InlineMarkdown text={description} />
        </p>
      )}
      {facts.length > 0 && <p className="text-sm break-words text-muted">{facts.join(' · ')}</p>}
      {values.length > 0 && <Values values={values} />}
      {example !== undefined && (
        <p className="text-sm text-muted">
          Example{' '}
          <code className="break-all">{typeof example === 'string' ? example : JSON.stringify(example)}</code>
        </p>
      )}
    </div>
  );
}
