import { expect, test, vi } from 'vitest';
import { log } from '#lib/process/log.ts';
import { fileStream } from './file-stream.ts';
import { takeExport } from './running.ts';

async function* lines(count: number, onReturn = () => {}) {
  try {
    for (let i = 0; i < count; i++) yield `${i}\n`;
  } finally {
    onReturn();
  }
}

test('a file is written completely, and onEnd is called once', async () => {
  const onEnd = vi.fn();
  const text = await new Response(fileStream(lines(4), onEnd)).text();
  expect(text).toBe('0\n1\n2\n3\n');
  expect(onEnd).toHaveBeenCalledTimes(1);
});

test('a browser that disconnects stops the reading', async () => {
  const onEnd = vi.fn();
  const onReturn = vi.fn();
  const reader = fileStream(lines(1_000, onReturn), onEnd).getReader();
  await reader.read();
  await reader.cancel();
  expect(onEnd).toHaveBeenCalledTimes(1);
  expect(onReturn).toHaveBeenCalledTimes(1);
});

test('a download fails when reading fails', async () => {
  const logged = vi.spyOn(log, 'error').mockImplementation(() => {});
  const onEnd = vi.fn();
  async function* broken() {
    yield 'a\n';
    throw new Error('unavailable');
  }
  await expect(new Response(fileStream(broken(), onEnd)).text()).rejects.toThrow('unavailable');
  expect(logged).toHaveBeenCalledTimes(1);
  expect(onEnd).toHaveBeenCalledTimes(1);
});

test('a download that nobody reads is canceled', async () => {
  const onEnd = vi.fn();
  fileStream(lines(1_000), onEnd, 10);
  await vi.waitFor(() => expect(onEnd).toHaveBeenCalledTimes(1));
});

test('each person can run one export at a time', () => {
  const release = takeExport('ada')!;
  expect(takeExport('ada')).toBeNull();
  takeExport('ben')!();
  release();
  takeExport('ada')!();
});
