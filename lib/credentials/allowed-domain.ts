import { domainToASCII } from 'node:url';
import type { ReadEntry } from './allowed-ip.ts';

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

const problem = (text: string): ReadEntry => ({ ok: false, problem: text });

/** Reads `shop.example.com` or `*.example.com` (its sub-domains, not itself) into lower-case ASCII (IDNA, RFC 5891). */
export function readAllowedDomain(entry: string): ReadEntry {
  if (entry === '*') return problem('allows every domain. Leave the list empty instead.');
  if (entry.includes('://')) return problem('begins with a scheme. Write the domain only: shop.example.com.');
  if (/[/?#\\@%]/.test(entry))
    return problem('is more than a domain. Write the domain only: shop.example.com.');
  if (/^[^:]*:\d*$/.test(entry))
    return problem('has a port. Leave it out: every port of the domain is allowed.');

  const wild = entry.startsWith('*.');
  const host = domainToASCII(wild ? entry.slice(2) : entry).replace(/\.$/, '');
  const labels = host.split('.');
  if (labels.some((label) => label.includes('*')))
    return problem('may have a star only at its beginning: *.example.com.');
  if (/^[\d.]+$/.test(host)) return problem('is an IP address. It belongs under Allowed IPs.');
  if (host.length > 253 || !labels.every((label) => LABEL.test(label)))
    return problem('is not a domain such as shop.example.com.');
  if (labels.length === 1 && (wild || host !== 'localhost'))
    return problem('needs at least two parts, such as example.com.');
  return { ok: true, value: wild ? `*.${host}` : host };
}

/** Whether every domain that `narrow` allows is allowed by `wide`; both as `readAllowedDomain` gives them. */
export function coversDomain(wide: string, narrow: string): boolean {
  if (wide === narrow) return true;
  return wide.startsWith('*.') && narrow.replace(/^\*\./, '*').endsWith(wide.slice(1));
}
