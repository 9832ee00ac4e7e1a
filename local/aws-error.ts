/** An answer of AWS that is an error: its code, message and HTTP status are exactly what the SDKs show. */
export class AwsError extends Error {
  /**
   * @param code AWS's own code, e.g. `ResourceNotFoundException`.
   * @param message AWS's own wording.
   * @param status HTTP status; 400 unless AWS documents another.
   * @param detail further members of the error's shape, e.g. `CancellationReasons`.
   */
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
    readonly detail: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = code;
  }
}

/** The reply never reaches the caller: the front closes the socket, as a lost connection does. */
export class ConnectionLost extends Error {
  constructor() {
    super("socket hang up");
    this.name = "ConnectionLost";
  }
}

/** The request or its reply is on the way for ever: the caller waits until its own patience ends. */
export class NoReply extends ConnectionLost {
  /** @param givenUp called when the caller's patience has ended. */
  constructor(readonly givenUp: () => void = () => undefined) {
    super();
    this.name = "NoReply";
  }
}
