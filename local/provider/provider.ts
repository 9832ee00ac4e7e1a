import { AwsError } from "../aws-error";
import type { Json } from "../service";
import type { Account, Held, Wanted } from "./account";
import { DEFAULTS, named, nameIsTaken, type Failure, type NameRequest } from "./rules/naming";
import { CREATE_ONLY, RENEWED, REPLACES } from "./rules/replacement";
import { UNKNOWN, hasUnknown, same } from "./values";

/** What changed between two updates of a resource, and what that means for it. */
export interface Difference {
  readonly changed: readonly string[];
  /** Those among them that AWS cannot change on what exists. */
  readonly replaces: readonly string[];
  /** Whether the old one has to go before the new one can come. */
  readonly deleteFirst: boolean;
}

/** The provider `aws` of a local account: Pulumi's protocol without its wire. Values are as `values.ts` says. */
export class Provider {
  constructor(private readonly account: Account) {}

  /** Fills in names; says what could never be made. */
  check(request: NameRequest): { inputs: Json; failures: readonly Failure[] } {
    this.account.typeOf(request.type);
    return named(request);
  }

  diff(type: string, before: Json, after: Json): Difference {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    names.delete(DEFAULTS);
    const changed = [...names].filter((name) => !same(before[name], after[name]));
    const known = REPLACES[type];
    if (!known)
      throw new Error(
        `${type}: it is not known which changes replace it; expected an entry in local/provider/rules/replacement.ts.`,
      );
    const replaces = changed.filter((name) => known.includes(name) || replacesDesiredState(type, name, before, after));
    return { changed, replaces, deleteFirst: replaces.length > 0 && nameIsTaken(type, before, after) };
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

function replacesDesiredState(type: string, property: string, before: Json, after: Json): boolean {
  if (type !== "aws:cloudcontrol/resource:Resource" || property !== "desiredState") return false;
  const fixed = CREATE_ONLY[String(after["typeName"])] ?? [];
  const [one, other] = [desired(before), desired(after)];
  // Not known yet: the provider says what is worst.
  if (!one || !other) return true;
  return fixed.some((member) => !same(one[member], other[member]));
}

function desired(inputs: Json): Json | undefined {
  const text = inputs["desiredState"];
  if (typeof text !== "string" || text === UNKNOWN) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** How the provider words what AWS refused. */
export function explain(doing: string, { type, name }: Wanted, error: unknown): string {
  if (!(error instanceof AwsError)) return error instanceof Error ? error.message : String(error);
  const what = type.slice(type.lastIndexOf(":") + 1);
  return `${doing} ${what} (${name}): api error ${error.code}: ${error.message}`;
}
