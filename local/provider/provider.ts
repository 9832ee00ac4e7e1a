import { AwsError } from "../aws-error";
import type { Json } from "../service";
import type { Account, Held, Wanted } from "./account";
import { difference, type Difference } from "./rules/difference";
import { named, type Failure, type NameRequest } from "./rules/naming";
import { RENEWED } from "./rules/replacement";
import { UNKNOWN, hasUnknown } from "./values";

/** The provider `aws` of a local account: Pulumi's protocol without its wire. Values are as `values.ts` says. */
export class Provider {
  constructor(private readonly account: Account) {}

  /** Fills in names; says what could never be made. */
  check(request: NameRequest): { inputs: Json; failures: readonly Failure[] } {
    this.account.typeOf(request.type);
    return named(request);
  }

  diff(type: string, before: Json, after: Json): Difference {
    return difference(type, before, after);
  }

  /** What a preview may say of a resource that does not exist yet: what the program gave, and nothing that AWS will give. */
  planCreate(inputs: Json): Json {
    return inputs;
  }

  /** What a preview may say of a changed resource: its state with the new inputs, unknown where the update decides. */
  planUpdate(type: string, state: Json, before: Json, after: Json): Json {
    const renewed = RENEWED[type] ?? {};
    const { changed } = this.diff(type, before, after);
    const unknown = changed.flatMap((name) => renewed[name] ?? []).concat(renewed["*"] ?? []);
    const gone = Object.keys(before).filter((name) => !(name in after));
    return {
      ...Object.fromEntries(Object.entries(state).filter(([name]) => !gone.includes(name))),
      ...after,
      ...Object.fromEntries(unknown.map((name) => [name, UNKNOWN])),
    };
  }

  async create(wanted: Wanted): Promise<Held> {
    refuseUnknown(wanted);
    return this.account.create(wanted);
  }

  async update(id: string, wanted: Wanted): Promise<Held> {
    refuseUnknown(wanted);
    return this.account.update(id, wanted);
  }

  delete(id: string, wanted: Wanted, state: Json): Promise<void> {
    return this.account.delete(id, wanted, state);
  }

  /** Undefined when there is none any more. */
  read(type: string, id: string, properties: Json): Held | undefined {
    return this.account.find(type, id, properties);
  }

  invoke(token: string, inputs: Json): Promise<Json> {
    return this.account.invoke(token, inputs);
  }
}

/** The engine resolves everything before an update; an unknown here would be sent to AWS as text. */
function refuseUnknown({ type, name, inputs }: Wanted): void {
  if (hasUnknown(inputs)) throw new Error(`${type} "${name}": got an unknown value in an update; expected known ones.`);
}

/** How the provider words what AWS refused. */
export function explain(doing: string, { type, name }: Wanted, error: unknown): string {
  if (!(error instanceof AwsError)) return error instanceof Error ? error.message : String(error);
  const what = type.slice(type.lastIndexOf(":") + 1);
  return `${doing} ${what} (${name}): api error ${error.code}: ${error.message}`;
}
