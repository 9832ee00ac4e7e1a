import { isRecord, type Data, type Properties } from "../../policies/framework/resource";
import { ACCOUNT, type Declared } from "./graph";

/** One way in which a program could be weaker than it is. */
export interface Mutant {
  readonly type: string;
  readonly name: string;
  /** Where, with list positions as `[]`; inside JSON text as if it were an object. */
  readonly path: string;
  /** What is done there. */
  readonly operator: string;
  /** What was there. */
  readonly before: Data;
  /** The statement of a policy document that it is in, as it was. */
  readonly statement?: Properties | undefined;
  /** The resource afterwards; `undefined` when it is dropped. */
  readonly after: Declared | undefined;
}

/** An account that the stack has nothing to do with. */
const STRANGER = "999999999999";

/** Every mutant of a resource: each property flipped, weakened, pointed elsewhere or removed, one at a time. */
export function mutantsOf(resource: Declared): Mutant[] {
  const { type, name, inputs } = resource;
  const mutants: Mutant[] = [{ type, name, path: "", operator: "drop", before: name, after: undefined }];
  for (const change of changesOf(inputs, [], type)) {
    const inputsAfter = change.value as Properties;
    const gone = Object.keys(inputs).filter((key) => !(key in inputsAfter));
    const outputs = Object.fromEntries(Object.entries(resource.outputs).filter(([key]) => !gone.includes(key)));
    mutants.push({
      type,
      name,
      path: change.path,
      operator: change.operator,
      before: change.before,
      statement: change.statement,
      after: { ...resource, inputs: inputsAfter, props: { ...outputs, ...inputsAfter } },
    });
  }
  return mutants;
}

interface Change {
  readonly path: string;
  readonly operator: string;
  readonly before: Data;
  readonly statement?: Properties;
  /** The whole value with this one change. */
  readonly value: Data;
}

function* changesOf(value: Data, path: readonly string[], type: string): Generator<Change> {
  const document = typeof value === "string" ? parsed(value) : undefined;
  if (document !== undefined) {
    for (const change of changesOf(document, path, type)) yield { ...change, value: JSON.stringify(change.value) };
    return;
  }
  if (Array.isArray(value)) {
    const items = value as readonly Data[];
    for (const [index, item] of items.entries()) {
      const place = [...path, "[]"];
      yield { path: place.join("."), operator: "remove", before: item, value: items.toSpliced(index, 1) };
      const statement = path.at(-1) === "Statement" && isRecord(item) ? { statement: item } : {};
      for (const change of changesOf(item, place, type))
        yield { ...statement, ...change, value: items.with(index, change.value) };
    }
    if (path.at(-1) === "Statement") {
      for (const [operator, statement] of OPEN_STATEMENTS)
        yield { path: path.join("."), operator, before: undefined, value: [...items, statement] };
    }
    return;
  }
  if (isRecord(value)) {
    for (const [key, member] of Object.entries(value)) {
      const place = [...path, key];
      const { [key]: _, ...rest } = value;
      yield { path: place.join("."), operator: "remove", before: member, value: rest };
      for (const change of changesOf(member, place, type))
        yield { ...change, value: { ...value, [key]: change.value } };
      const negated = NEGATED[key];
      if (negated !== undefined)
        yield { path: place.join("."), operator: "negate", before: member, value: { ...rest, [negated]: member } };
    }
    return;
  }
  for (const [operator, after] of leaves(value, path))
    yield { path: path.join("."), operator, before: value, value: after };
}

const NEGATED: Readonly<Record<string, string>> = {
  Action: "NotAction",
  Resource: "NotResource",
  Principal: "NotPrincipal",
  StringEquals: "StringNotEquals",
  ArnEquals: "ArnNotEquals",
  StringLike: "StringNotLike",
  ArnLike: "ArnNotLike",
  Bool: "Null",
  "ForAllValues:StringLike": "ForAllValues:StringNotLike",
};

const OPEN_STATEMENTS: readonly (readonly [operator: string, statement: Data])[] = [
  ["add everybody", { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
  [
    "add a stranger",
    { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${STRANGER}:root` }, Action: "sts:AssumeRole", Resource: "*" },
  ],
];

/** What a value that holds no others can become. */
function* leaves(value: Data, path: readonly string[]): Generator<readonly [operator: string, after: Data]> {
  if (typeof value === "boolean") yield ["flip", !value];
  else if (typeof value === "number") {
    if (value !== 0) yield ["zero", 0];
    yield ["raise", value === 0 ? 1_000 : value * 1_000];
    if (value > 1) yield ["least", 1];
  } else if (typeof value === "string") yield* texts(value, path);
}

function* texts(value: string, path: readonly string[]): Generator<readonly [operator: string, after: Data]> {
  const place = path.filter((part) => part !== "[]").at(-1) ?? "";
  if (path.includes("Statement")) {
    if (place === "Effect") yield ["flip", value === "Allow" ? "Deny" : "Allow"];
    else if (value !== "*") yield ["open", "*"];
    if (place === "Action" && value.includes(":")) {
      const [service = "", action = ""] = value.split(":");
      if (action !== "*") yield ["open service", `${service}:*`];
      if (!action.endsWith("*")) yield ["open prefix", `${service}:${action.slice(0, 3)}*`];
    }
    if (value.startsWith("arn:") && value.split(":").length > 5) {
      const [arn = "", partition = "", service = ""] = value.split(":");
      yield ["open prefix", [arn, partition, service, "*", "*", "*"].join(":")];
    }
  } else yield ["replace", value === "none" ? "other" : "none"];
  if (value.includes(ACCOUNT)) yield ["stranger", value.replaceAll(ACCOUNT, STRANGER)];
  if (/^(arn:|https:|s3:\/\/)/.test(value) && elsewhere(value) !== value) yield ["elsewhere", elsewhere(value)];
}

/** Services whose ARNs begin with the name itself, not with the kind of resource. */
const UNTYPED = new Set(["s3", "sns", "sqs", "execute-api"]);

/** The same kind of thing in the same account, that is not of this stack. */
function elsewhere(value: string): string {
  if (value.startsWith("s3://")) return value.replace(/^s3:\/\/[^/]+/, "s3://somebody-elses");
  if (value.startsWith("https:")) return value.replace(/[^/]+$/, "elsewhere");
  const [arn, partition, service = "", region, account, ...rest] = value.split(":");
  const parts = rest.join(":").split(/([:/])/);
  const named = parts.map((part, i) =>
    i < (UNTYPED.has(service) ? 0 : 2) || /^([:/*]|)$/.test(part) || part === "function" || /^\d{12}$/.test(part)
      ? part
      : "elsewhere",
  );
  return [arn, partition, service, region, account, named.join("")].join(":");
}

/** The object or list that a JSON text is. */
function parsed(text: string): Data {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Data;
  } catch {
    return undefined;
  }
}
