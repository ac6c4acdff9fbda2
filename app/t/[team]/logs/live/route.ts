import { z } from 'zod';
import { currentUser } from '#app/_http/session.ts';
import { liveStream } from '#app/_logs/live-stream.ts';
import { isFull, keepTail } from '#app/_logs/open-tails.ts';
import { database } from '#db/client.ts';
import { findMember } from '#lib/access/member.ts';
import { stillMember } from '#lib/access/still-member.ts';
import { readLogFilter } from '#lib/request-log/log-filter.ts';
import { beginTail, tailRequests } from '#lib/request-log/tail-requests.ts';

const Id = z.uuid().nullable().catch(null);

/** Streams new requests that match the filter in the URL. Membership is checked before every poll. */
export async function GET(request: Request, { params }: { params: Promise<{ team: string }> }) {
  const user = await currentUser();
  if (!user) return new Response('Sign in first.', { status: 401 });
  const db = database();
  const { team } = await params;
  if (!(await findMember(db, user, team))) return new Response('Not found.', { status: 404 });
  if (isFull()) return new Response('Too many live views are open.', { status: 503 });
  const query = new URL(request.url).searchParams;
  const { filter } = readLogFilter(Object.fromEntries(query));
  const tail = beginTail(Id.parse(request.headers.get('last-event-id') ?? query.get('since')));
  let release = () => {};
  const { stream, end } = liveStream({
    signal: request.signal,
    onEnd: () => release(),
    poll: async () => {
      const member = await stillMember(db, user, team);
      return member && { batch: await tailRequests({ db, member }, filter, tail), newest: tail.newest };
    },
  });
  release = keepTail(user.userId, end);
  return new Response(stream, {
    headers: {
      'Content-Type': 'text/event-stream; charset=utf-8',
      // `no-transform` prevents compression, which would buffer the stream. `X-Accel-Buffering` does the same in nginx.
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    },
  });
}
