/** Where a mount sends the response. */
export type Outlet = {
  /** Sends status and headers, no later than the first byte of the body. */
  start(status: number, headers: string[]): void;
  /** Returns false to ask for a pause until `Exchange.drained` is called. */
  write(chunk: Buffer): boolean;
  end(chunk?: Buffer, trailers?: readonly [name: string, value: string][]): void;
  /** Interrupts the response so that the client sees an error, never a short success. */
  destroy(): void;
};

/** One request in progress, as a mount sees it. */
export type Exchange = {
  /** Request ID. */
  readonly id: string;
  /** The client closed the connection before the response ended. */
  clientGone(): void;
  /** The outlet can take more data. */
  drained(): void;
};
