/** A CSV file: a text, or a stream that is written while the browser downloads it. */
export function csvResponse(fileName: string, csv: string | AsyncGenerator<string, void>): Response {
  return new Response(typeof csv === 'string' ? csv : streamOf(csv), {
    headers: {
      'Content-Type': 'text/csv; charset=utf-8; header=present',
      // The name consists of a slug and a date, so nothing needs quoting (RFC 6266).
      'Content-Disposition': `attachment; filename="${fileName}"`,
      'Cache-Control': 'no-store',
    },
  });
}

function streamOf(parts: AsyncGenerator<string, void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await parts.return();
    },
  });
}
