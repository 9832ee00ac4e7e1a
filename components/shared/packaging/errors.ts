/** A function that cannot run in Lambda as it is written; says which, what of it, and what to do. */
export class PackagingError extends Error {
  /**
   * @param component name of the function's component.
   * @param what what is wrong: `captured variable "cache"`.
   */
  constructor(
    readonly component: string,
    readonly what: string,
    readonly got: string,
    readonly expected: string,
    readonly fix: string,
    options?: ErrorOptions,
  ) {
    super(`${what} for "${component}": got ${got}; expected ${expected}. ${fix}`, options);
    this.name = "PackagingError";
  }

  /** The same refusal as another object: the engine writes into the message of an error that an input rejects with. */
  again(): PackagingError {
    return new PackagingError(this.component, this.what, this.got, this.expected, this.fix, { cause: this.cause });
  }
}
