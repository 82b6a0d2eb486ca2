/**
 * A fault of operation that the user can mend: its message is one sentence saying what was tried, with which value
 * (never a secret), and what to do next. Anything else that is thrown is our own bug.
 */
export class KnownError extends Error {
  /** `call`: a wrong call, exit 2. `observe`: could not observe, worth a retry, exit 3. */
  readonly fault: 'call' | 'observe';

  constructor(cause: 'call' | 'observe', message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KnownError';
    this.fault = cause;
  }
}

/** Usage, config, unreadable input: exit 2. */
export class CallError extends KnownError {
  constructor(message: string, options?: ErrorOptions) {
    super('call', message, options);
  }
}

/** Connections, credentials, services: exit 3. */
export class ObserveError extends KnownError {
  constructor(message: string, options?: ErrorOptions) {
    super('observe', message, options);
  }
}
