/** A function that cannot run in Lambda as it is written; says which, what of it, and what to do. */
export class PackagingError extends Error {
  /**
   * @param component name of the function's component.
   * @param what what is wrong: `captured variable "cache"`.
   */
  constructor(
    readonly component: string,
    readonly what: string,
    got: string,
    expected: string,
    fix: string,
    options?: ErrorOptions,
  ) {
    super(`${what} for "${component}": got ${got}; expected ${expected}. ${fix}`, options);
    this.name = "PackagingError";
  }
}
