import { DeclarationError } from "./errors";

/**
 * A list that composers add to after the constructor has returned (`gateway.route(...)`), and that resources which
 * depend on the whole of it read once the program has been declared. It closes when the turn of the event loop in
 * which its component was made is over: the program's top level runs in one turn.
 */
export class LateList<T> {
  private readonly items: T[] = [];
  private closed = false;
  /** All items, once the list is closed. */
  readonly all: Promise<readonly T[]>;

  /**
   * @param what how an error names an item, e.g. `route`.
   * @param component name of the component instance.
   */
  constructor(
    private readonly what: string,
    private readonly component: string,
  ) {
    this.all = new Promise((resolve) => {
      setImmediate(() => {
        this.closed = true;
        resolve(this.items);
      });
    });
  }

  /** @throws DeclarationError when the list is closed already. */
  add(item: T): void {
    if (this.closed) {
      throw new DeclarationError(
        `${this.what} for "${this.component}": added after the program's first await; expected it before. ` +
          `Add it in the same turn in which "${this.component}" is made.`,
      );
    }
    this.items.push(item);
  }

  /** What has been added so far. */
  get soFar(): readonly T[] {
    return this.items;
  }
}
