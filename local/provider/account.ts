import { AwsError } from "../aws-error";
import type { Cloud } from "../cloud";
import type { InvokeType, Json, ResourceContext, ResourceType } from "../service";
import { CREATION_TAKES, guardCreation } from "./rules/creation";
import { exists } from "./rules/existence";
import { guardDeletion } from "./rules/deletion";
import { hasAsset, plainOf, wireOf } from "./values";

/** A resource as the account holds it. */
export interface Held {
  readonly type: string;
  readonly id: string;
  readonly urn: string;
  /** As the engine sent them. */
  readonly inputs: Json;
  readonly state: Json;
}

/** What is asked for, by whom. */
export interface Wanted {
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  readonly urn: string;
  readonly inputs: Json;
  /** The program's, where its files are. */
  readonly folder: string;
}

/** Something about to happen to the account. */
export interface Happening extends Wanted {
  readonly operation: "create" | "update" | "delete";
}

/**
 * Lets a test stand in the way: called before anything is done; may throw the error that AWS is to answer, wait, or
 * return what is to happen once it is done.
 */
export type Intervention = (happening: Happening) => Promise<(() => Promise<void>) | undefined>;

/** One AWS account as Pulumi's provider sees it: each resource is played by the very code that `npm run local` uses. */
export class Account {
  intervene: Intervention | undefined;
  private readonly held = new Map<string, Held>();
  private readonly types = new Map<string, ResourceType>();
  private readonly invokes = new Map<string, InvokeType>();

  constructor(readonly cloud: Cloud) {
    for (const service of cloud.services.values()) {
      for (const [type, resource] of Object.entries(service.resourceTypes)) this.types.set(type, resource);
      for (const [token, invoke] of Object.entries(service.invokes ?? {})) this.invokes.set(token, invoke);
    }
  }

  /** Everything there is, in the order in which it was made. */
  get resources(): readonly Held[] {
    return [...this.held.values()];
  }

  /** @throws Error when the local cloud does not play the type. */
  typeOf(type: string): ResourceType {
    const known = this.types.get(type);
    if (known) return known;
    throw new Error(`${type}: not played by the local cloud; expected one that local/README.md lists.`);
  }

  /** @param properties inputs or state: what the id is unique in. */
  find(type: string, id: string, properties: Json): Held | undefined {
    const held = this.held.get(key(type, id, properties));
    if (!held || exists(this.cloud, type, id)) return held;
    // Somebody has deleted it by AWS's own APIs.
    this.held.delete(key(type, id, properties));
    return undefined;
  }

  async create(wanted: Wanted): Promise<Held> {
    const type = this.typeOf(wanted.type);
    const after = await this.intervene?.({ ...wanted, operation: "create" });
    const inputs = plainOf(wanted.inputs, wanted.folder) as Json;
    guardCreation(wanted.type, inputs, this.statesOf(wanted.type));
    const made = await type.create(inputs, this.context(wanted));
    const held = this.hold(wanted, made.id, made.state);
    await this.pass(CREATION_TAKES[wanted.type] ?? 0);
    await after?.();
    return held;
  }

  async update(id: string, wanted: Wanted): Promise<Held> {
    const type = this.typeOf(wanted.type);
    const after = await this.intervene?.({ ...wanted, operation: "update" });
    if (!this.find(wanted.type, id, wanted.inputs))
      throw new AwsError("ResourceNotFoundException", `${wanted.type} ${id} does not exist.`, 404);
    if (!type.update) throw new Error(`${wanted.type}: the local cloud plays no update; expected a replacement.`);
    const made = await type.update(id, plainOf(wanted.inputs, wanted.folder) as Json, this.context(wanted));
    // The engine goes on with the id that it knows.
    if (made.id !== id)
      throw new Error(
        `${wanted.type} ${id}: the update made ${made.id} instead; expected a replacement of this change.`,
      );
    const held = this.hold(wanted, made.id, made.state);
    await after?.();
    return held;
  }

  /** @param state what the engine believes; what the account holds counts where there is any. */
  async delete(id: string, wanted: Wanted, state: Json): Promise<void> {
    const type = this.typeOf(wanted.type);
    const after = await this.intervene?.({ ...wanted, operation: "delete" });
    const held = this.find(wanted.type, id, state);
    if (held) {
      const plain = plainOf({ ...state, ...held.state }, wanted.folder) as Json;
      await guardDeletion(this.cloud, wanted.type, id, plain);
      await type.delete?.(id, plain, this.context(wanted));
      this.held.delete(key(wanted.type, id, state));
    }
    await after?.();
  }

  async invoke(token: string, inputs: Json): Promise<Json> {
    const invoke = this.invokes.get(token);
    if (!invoke) throw new Error(`${token}: not answered by the local cloud; expected a function that it plays.`);
    return wireOf(await invoke(plainOf(inputs, ".") as Json, this.cloud));
  }

  private hold(wanted: Wanted, id: string, state: Json): Held {
    // Code travels to AWS, not back: the state keeps what the program gave.
    const given = Object.entries(wanted.inputs).filter(([, value]) => hasAsset(value));
    const whole = { ...wireOf({ ...state, id }), ...Object.fromEntries(given) };
    const held = { type: wanted.type, id, urn: wanted.urn, inputs: wanted.inputs, state: whole };
    this.held.set(key(wanted.type, id, wanted.inputs), held);
    return held;
  }

  private *statesOf(type: string): Iterable<Json> {
    for (const held of this.held.values()) if (held.type === type) yield held.state;
  }

  private context({ type, name, urn }: Wanted): ResourceContext {
    return {
      cloud: this.cloud,
      name,
      type,
      urn,
      // Names are given by the check; what has none of its own gets an id from the account.
      physicalName: (suffix = "") => `${name}-${this.cloud.uuid().slice(0, 7)}${suffix}`,
    };
  }

  private async pass(ms: number): Promise<void> {
    if (ms > 0) await new Promise<void>((resolve) => this.cloud.clock.setTimer(ms, resolve));
  }
}

/** What the ids of a type are unique in, where that is not the account. */
const SCOPES: Readonly<Record<string, string>> = {
  "aws:apigatewayv2/stage:Stage": "apiId",
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": "logGroupName",
  "aws:lambda/permission:Permission": "function",
};

function key(type: string, id: string, properties: Json): string {
  return `${type}|${id}|${String(properties[SCOPES[type] ?? ""] ?? "")}`;
}
