import { accountOf } from "./arn";
import { isRecord, Resource, UNKNOWN, Undecided, type Data, type ResourceData } from "./resource";

/** Outputs by which other resources name one. */
const IDENTITIES = [
  "id",
  "arn",
  "name",
  "url",
  "streamArn",
  "invokeArn",
  "executionArn",
  "qualifiedArn",
  "keyId",
] as const;

/** The same of some types only: elsewhere the property names another resource. */
const IDENTITIES_OF: Readonly<Record<string, readonly string[]>> = {
  "aws:cloudwatch/eventTarget:EventTarget": [],
  "aws:s3/bucket:Bucket": [...IDENTITIES, "bucket"],
  "aws:sesv2/configurationSet:ConfigurationSet": [...IDENTITIES, "configurationSetName"],
  "aws:sesv2/emailIdentity:EmailIdentity": [...IDENTITIES, "emailIdentity"],
  "aws:sns/topicPolicy:TopicPolicy": [],
};

/** All resources of a stack, found by what they are and by the references between them. */
export class Stack {
  readonly resources: readonly Resource[];
  private readonly types = new Map<string, Resource[]>();
  private readonly urns = new Map<string, Resource>();
  private readonly identities = new Map<string, Resource[]>();
  private kept: string | undefined;

  constructor(resources: readonly ResourceData[]) {
    this.resources = resources.map((data) => (data instanceof Resource ? data : new Resource(data)));
    for (const resource of this.resources) {
      this.urns.set(resource.urn, resource);
      push(this.types, resource.type, resource);
      for (const key of IDENTITIES_OF[resource.type] ?? IDENTITIES) {
        const value = resource.props[key];
        if (typeof value === "string" && value !== "") push(this.identities, value, resource);
      }
    }
  }

  ofType(...types: readonly string[]): readonly Resource[] {
    return types.flatMap((type) => this.types.get(type) ?? []);
  }

  /** The resources of these types that a value names; any type when none is given. */
  named(value: string, ...types: readonly string[]): readonly Resource[] {
    const found = this.identities.get(value) ?? [];
    return types.length === 0 ? found : found.filter(({ type }) => types.includes(type));
  }

  /** The resource of a URN. */
  at(urn: string): Resource | undefined {
    return this.urns.get(urn);
  }

  /**
   * The resource that a property of another refers to: by its value, or while that is not known by the reference that
   * the engine recorded. `undefined` when it lies outside the stack. @throws Undecided when neither tells
   */
  target(resource: Resource, path: string, ...types: readonly string[]): Resource | undefined {
    const [property = path] = path.split(".");
    let value: Data;
    try {
      value = resource.at(path);
    } catch (error) {
      if (!(error instanceof Undecided)) throw error;
      const referred = this.referred(resource, property, types);
      if (referred.length === 1) return referred[0];
      throw error;
    }
    if (typeof value !== "string") return undefined;
    const named = this.named(value, ...types)[0];
    if (named !== undefined) return named;
    // An id that the state does not repeat (`abc123`) is told by its reference; an ARN or URL tells for itself.
    if (/^(arn:|https?:)/.test(value)) return undefined;
    const referred = this.referred(resource, property, types);
    return referred.length === 1 && !referred[0]?.has("id") ? referred[0] : undefined;
  }

  private referred(resource: Resource, property: string, types: readonly string[]): Resource[] {
    return (resource.references[property] ?? [])
      .map((urn) => this.urns.get(urn))
      .filter((found): found is Resource => found !== undefined && types.includes(found.type));
  }

  /** Whether something is not there yet, as at a first preview: what AWS will give is unknown, or not told at all. */
  get isToBeMade(): boolean {
    return this.resources.some(
      ({ type, props, isMade }) =>
        props["arn"] === UNKNOWN || (isMade && type.startsWith("aws:") && !("arn" in props) && !("id" in props)),
    );
  }

  /** The account that the stack is in: the one that most of its resources' own ARNs name. */
  get account(): string | undefined {
    if (this.kept !== undefined) return this.kept;
    const counts = new Map<string, number>();
    for (const { type, props } of this.resources) {
      if (IDENTITIES_OF[type]?.length === 0) continue; // Its ARN is that of something else.
      const account = typeof props["arn"] === "string" ? accountOf(props["arn"]) : undefined;
      if (account !== undefined) counts.set(account, (counts.get(account) ?? 0) + 1);
    }
    this.kept = [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
    return this.kept;
  }
}

/** Whether anything in a value is not known yet. */
export function hasUnknown(value: Data): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isRecord(value) && Object.values(value).some(hasUnknown);
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** Calls back for each text in a value, with its dotted path. */
export function eachText(value: Data, visit: (text: string, path: string) => void, path = ""): void {
  if (value === UNKNOWN) return;
  if (typeof value === "string") visit(value, path);
  else if (Array.isArray(value)) value.forEach((item, i) => eachText(item as Data, visit, join(path, String(i))));
  else if (isRecord(value)) for (const [key, member] of Object.entries(value)) eachText(member, visit, join(path, key));
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
