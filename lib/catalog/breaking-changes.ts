import type { Operation } from './document-types.ts';
import { isObject, type Json, text } from './json-value.ts';

type Before = Pick<Operation, 'parameters' | 'requestBody' | 'responses'> | Json;

/** Why a client that works with the stored operation may fail with the new one. Empty if it keeps working. */
export function breakingChanges(before: Before, after: Operation): string[] {
  return [
    ...parameterChanges(parametersOf(before.parameters), parametersOf(after.parameters)),
    ...bodyChanges(before.requestBody, after.requestBody),
    ...responseChanges(before.responses, after.responses),
  ];
}

function parametersOf(given: unknown): Map<string, Json> {
  const list = Array.isArray(given) ? given.filter(isObject) : [];
  return new Map(list.map((parameter) => [`${text(parameter.in)} ${text(parameter.name)}`, parameter]));
}

function parameterChanges(before: ReadonlyMap<string, Json>, after: ReadonlyMap<string, Json>): string[] {
  const changes: string[] = [];
  for (const [name, parameter] of after) {
    const known = before.get(name);
    if (name.startsWith('path ')) continue; // Another name isn't another request.
    if (parameter.required === true && known?.required !== true)
      changes.push(`Parameter ${name} is now required`);
    if (known) changes.push(...schemaChanges(`Parameter ${name}`, known.schema, parameter.schema));
  }
  for (const name of before.keys())
    if (!after.has(name) && !name.startsWith('path ')) changes.push(`Parameter ${name} was removed`);
  return changes;
}

/** Another type, or a value that isn't allowed anymore. */
function schemaChanges(what: string, before: unknown, after: unknown): string[] {
  if (!isObject(before) || !isObject(after)) return [];
  const [was, is] = [typesOf(before), typesOf(after)];
  const changes: string[] = [];
  if (
    was.length > 0 &&
    is.length > 0 &&
    was.some((type) => !is.includes(type) && !(type === 'integer' && is.includes('number')))
  )
    changes.push(`${what} was ${was.join(' or ')} and is ${is.join(' or ')}`);
  if (Array.isArray(after.enum)) {
    const allowed = new Set(after.enum.map((value) => JSON.stringify(value)));
    const values: unknown[] | null = Array.isArray(before.enum) ? before.enum : null;
    const gone = values
      ?.filter((value) => !allowed.has(JSON.stringify(value)))
      .map((value) => JSON.stringify(value));
    if (!gone) changes.push(`${what} now accepts only specific values`);
    else if (gone.length > 0) changes.push(`${what} doesn’t accept ${gone.join(', ')} anymore`);
  }
  return changes;
}

const typesOf = ({ type }: Json): string[] =>
  (Array.isArray(type) ? type : [type]).filter((one): one is string => typeof one === 'string');

const contentOf = (given: unknown): Json => (isObject(given) && isObject(given.content) ? given.content : {});

function bodyChanges(before: unknown, after: unknown): string[] {
  const changes: string[] = [];
  const wasRequired = isObject(before) && before.required === true;
  if (isObject(after) && after.required === true && !wasRequired) changes.push('The body is now required');
  const accepted = Object.keys(contentOf(after));
  for (const [type, media] of Object.entries(contentOf(before))) {
    if (!accepted.includes(type)) {
      changes.push(`The body can’t be ${type} anymore`);
      continue;
    }
    const next = contentOf(after)[type];
    changes.push(...requiredChanges(schemaOf(media), schemaOf(next)));
  }
  return changes;
}

const schemaOf = (media: unknown): unknown => (isObject(media) ? media.schema : undefined);

function requiredChanges(before: unknown, after: unknown): string[] {
  if (!isObject(before) || !isObject(after) || !Array.isArray(after.required)) return [];
  const known: unknown[] = Array.isArray(before.required) ? before.required : [];
  return after.required
    .filter((name) => !known.includes(name))
    .map((name) => `Property ${String(name)} of the body is now required`);
}

function responseChanges(before: unknown, after: unknown): string[] {
  const now = isObject(after) ? after : {};
  return Object.entries(isObject(before) ? before : {}).flatMap(([status, response]) => {
    if (!/^[23]/.test(status)) return [];
    if (!Object.hasOwn(now, status)) return [`Response ${status} was removed`];
    const types = Object.keys(contentOf(now[status]));
    return Object.keys(contentOf(response))
      .filter((type) => !types.includes(type) && !isRef(now[status]) && !isRef(response))
      .map((type) => `Response ${status} isn’t ${type} anymore`);
  });
}

const isRef = (given: unknown): boolean => isObject(given) && '$ref' in given;
