'use client';

import { useEffect, useRef, useState } from 'react';
import type { TesterSend } from '#lib/tester/tester-input.ts';
import type { Failed, SendResult, Succeeded } from './send-result.ts';

export type SendState =
  | { status: 'idle' }
  | { status: 'sending' }
  | { status: 'succeeded'; result: Succeeded }
  | { status: 'failed'; failed: Failed };

/** Sends one request at a time. It can be canceled, and leaving the page cancels it. */
export function useSend(team: string, onSent: () => void) {
  const [state, setState] = useState<SendState>({ status: 'idle' });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  async function send(input: TesterSend): Promise<SendResult | null> {
    const controller = new AbortController();
    running.current = controller;
    setState({ status: 'sending' });
    const result = await post(team, input, controller.signal);
    if (running.current !== controller) return null;
    running.current = null;
    setState(result.ok ? { status: 'succeeded', result } : { status: 'failed', failed: result });
    if (result.ok || result.reason === 'timeout' || result.reason === 'cancelled') onSent();
    return result;
  }

  return { state, send, cancel: () => running.current?.abort() };
}

async function post(team: string, input: TesterSend, signal: AbortSignal): Promise<SendResult> {
  try {
    const response = await fetch(`/t/${encodeURIComponent(team)}/tester/send`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(input),
      signal,
    });
    const type = response.headers.get('content-type') ?? '';
    // Errors of the portal are pages, not results.
    if (!type.startsWith('application/json')) return { ok: false, reason: 'malformed' };
    return (await response.json()) as SendResult; // Sent by our own route.
  } catch {
    // `fetch` and reading the response fail only for connections and aborts.
    return { ok: false, reason: signal.aborted ? 'cancelled' : 'no_connection' };
  }
}
