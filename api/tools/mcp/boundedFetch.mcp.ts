/**
 * Returns a `fetch` whose responses fail after `maxBytes`. A `GET`, by which a client offers to receive messages that no call
 * asked for, gets 405 without a request: such a stream would stay open and unread.
 */
export const boundedFetch =
  (maxBytes: number) =>
  async (url: string | URL, init?: RequestInit): Promise<Response> => {
    if ((init?.method ?? 'GET') === 'GET') return new Response(null, { status: 405 });
    const response = await fetch(url, init);
    if (!response.body) return response;
    let received = 0;
    const bounded = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        received += chunk.byteLength;
        if (received > maxBytes) controller.error(new Error(`the answer has more than ${maxBytes} bytes`));
        else controller.enqueue(chunk);
      },
    });
    const { status, statusText, headers } = response;
    return new Response(response.body.pipeThrough(bounded), { status, statusText, headers });
  };
