/** Headers that HTTP, the gateway or its credentials use. They can't be set, even if a document declares them. */
const RESERVED =
  /^(authorization|accept|accept-encoding|content-type|content-length|content-encoding|transfer-encoding|connection|host|cookie2?|date|te|trailer|upgrade|expect|keep-alive|via|origin|referer|user-agent|forwarded|x-real-ip|x-request-id|x-api-key|x-(shared|secret)-key|(proxy|sec|x-latchkey|x-forwarded|x-middleware|x-nextjs|x-original|x-rewrite|x-http-method)-.*|x-http-method|x-forwarded|next-.*|rsc)$|_/i;
const TOKEN = /^[!#$%&'*+.^`|~0-9A-Za-z-]{1,100}$/;

/** Whether the tester can send a header parameter of a document. */
export const canBeSet = (name: string): boolean => TOKEN.test(name) && !RESERVED.test(name);
