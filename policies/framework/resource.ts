import { presentType } from "./types";

/** Plain data, as the engine hands properties to a policy. */
export type Data = unknown;
export type Properties = Readonly<Record<string, Data>>;

/** Stands for a value that the engine does not know before `pulumi up`. */
export const UNKNOWN: unique symbol = Symbol("known at up");

/** A check met a value that is not known yet: it decides nothing now and runs again at `pulumi up`. */
export class Undecided extends Error {
  constructor(readonly path: string) {
    super(`${path} is not known before pulumi up`);
    this.name = "Undecided";
  }
}

/** A resource as rules see it. */
export interface ResourceData {
  readonly urn: string;
  /** Type token, e.g. `aws:sqs/queue:Queue`. */
  readonly type: string;
  readonly name: string;
  /** Inputs; in rules over a whole stack, with the outputs. Values not known yet are `UNKNOWN`. */
  readonly props: Properties;
  /** For each property, the URNs of the resources that its value was made from. */
  readonly references?: Readonly<Record<string, readonly string[]>>;
  /** Whether a provider makes it; a component is made of others. @default false */
  readonly isMade?: boolean;
}

/** A resource with safe reading: an unknown value stops the check that reads it, and only that one. */
export class Resource implements ResourceData {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly props: Properties;
  readonly references: Readonly<Record<string, readonly string[]>>;
  readonly isMade: boolean;

  constructor(data: ResourceData) {
    this.urn = data.urn;
    this.type = presentType(data.type);
    this.name = data.name;
    this.props = data.props;
    this.references = data.references ?? {};
    this.isMade = data.isMade ?? false;
  }

  /** The value at a dotted path, `undefined` when it is not there. @throws Undecided */
  at(path: string): Data {
    let value: Data = this.props;
    const walked: string[] = [];
    for (const key of path.split(".")) {
      walked.push(key);
      value = isRecord(value) ? value[key] : Array.isArray(value) ? (value as Data[])[Number(key)] : undefined;
      if (value === UNKNOWN) throw new Undecided(walked.join("."));
    }
    return value;
  }

  /** A text. @throws Undecided */
  text(path: string): string | undefined {
    const value = this.at(path);
    return typeof value === "string" && value !== "" ? value : undefined;
  }

  /** A number, also one written as text. @throws Undecided */
  number(path: string): number | undefined {
    const value = this.at(path);
    if (typeof value === "number") return value;
    return typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))
      ? Number(value)
      : undefined;
  }

  /** A flag, also one written as text. @throws Undecided */
  flag(path: string): boolean {
    const value = this.at(path);
    return value === true || value === "true";
  }

  /** A list, empty when there is none; one of its items may be `UNKNOWN`. @throws Undecided */
  list(path: string): readonly Data[] {
    const value = this.at(path);
    return Array.isArray(value) ? (value as readonly Data[]) : value === undefined || value === null ? [] : [value];
  }

  /** Looks at each item of a list; those that are not known leave the check undecided after all others. */
  each(path: string, look: (item: Data, path: string) => void): void {
    const items = this.list(path);
    items.forEach((item, index) => {
      if (item !== UNKNOWN) look(item, `${path}.${index}`);
    });
    if (items.includes(UNKNOWN)) throw new Undecided(path);
  }

  /** Whether a property is given at all, known or not. */
  has(path: string): boolean {
    try {
      const value = this.at(path);
      return value !== undefined && value !== null && value !== "";
    } catch {
      return true;
    }
  }
}

export function isRecord(value: Data): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What is written as JSON text or as an object; of anything else nothing. */
export function recordOf(value: Data): Properties {
  try {
    const record = typeof value === "string" ? (JSON.parse(value) as Data) : value;
    return isRecord(record) ? record : {};
  } catch {
    return {};
  }
}

/** Throws when a value, or anything down to `depth` levels in it, is not known. @throws Undecided */
export function known(value: Data, path: string, depth = Infinity): Data {
  if (value === UNKNOWN) throw new Undecided(path);
  if (depth <= 0) return value;
  if (Array.isArray(value)) value.forEach((item, index) => known(item as Data, `${path}.${index}`, depth - 1));
  else if (isRecord(value))
    for (const [key, member] of Object.entries(value)) known(member, `${path}.${key}`, depth - 1);
  return value;
}
