import { isRecord, known, type Data } from "./resource";

/** A condition of a statement: one key of one operator. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** Who a statement is about; kind `*` is everybody. */
export interface Principal {
  readonly kind: "*" | "AWS" | "Service" | "Federated" | "CanonicalUser";
  readonly value: string;
}

/** A statement of a policy document, each list a list; reading one that is not known yet throws Undecided. */
export interface Statement {
  /** Its place in the document, e.g. `policy.Statement.0`. */
  readonly path: string;
  readonly sid: string | undefined;
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  readonly principals: readonly Principal[];
  readonly notPrincipals: readonly Principal[];
  readonly conditions: readonly Condition[];
}

/** Why a document cannot be read. */
export class DocumentError extends Error {
  constructor(readonly got: Data) {
    super("not a policy document");
    this.name = "DocumentError";
  }
}

/**
 * The statements of a policy document in any form: JSON text, an object, the result or the arguments of
 * `aws.iam.getPolicyDocument`. Each is read on its own when asked for, so that one with unknown parts hides no other.
 *
 * @throws Undecided when the document is not known, DocumentError when it is none
 */
export function statementsOf(value: Data, path: string): readonly (() => Statement)[] {
  const document = known(typeof value === "string" ? parse(value) : value, path, 1);
  if (!isRecord(document)) throw new DocumentError(value);
  const lists = Object.entries(document).flatMap(([key, list]) =>
    /^statements?$/i.test(key) && list !== undefined && list !== null ? [list] : [],
  );
  const { json } = document;
  if (typeof json === "string" && (lists.length === 0 || "statements" in document)) return statementsOf(json, path);
  const [list] = lists;
  if (lists.length !== 1) throw new DocumentError(value);
  const items = Array.isArray(list) ? (list as readonly Data[]) : [list];
  return items.map((item, index) => () => statementOf(item, `${path}.Statement.${index}`));
}

function parse(text: string): Data {
  try {
    return JSON.parse(text) as Data;
  } catch {
    throw new DocumentError(text);
  }
}

function statementOf(item: Data, path: string): Statement {
  const one = elementsOf(known(item, path, 0));
  const given = (element: string): Data => known(one.get(element.toLowerCase()), `${path}.${element}`);
  // Only the arguments of `aws.iam.getPolicyDocument` allow without saying so; AWS refuses a document that does.
  const isArgument = isRecord(item) && ("actions" in item || "notActions" in item);
  const effect = given("Effect") ?? (isArgument ? "Allow" : undefined);
  if (effect !== "Allow" && effect !== "Deny") throw new DocumentError(item);
  const sid = given("Sid");
  // Each element is looked at when a rule asks for it: what is not known yet hides nothing that is.
  return {
    path,
    sid: typeof sid === "string" ? sid : undefined,
    effect,
    get actions() {
      return texts(given("Action"));
    },
    get notActions() {
      return texts(given("NotAction"));
    },
    get resources() {
      return texts(given("Resource"));
    },
    get notResources() {
      return texts(given("NotResource"));
    },
    get principals() {
      return principals(given("Principal"));
    },
    get notPrincipals() {
      return principals(given("NotPrincipal"));
    },
    get conditions() {
      return conditions(given("Condition"));
    },
  };
}

const ELEMENTS = new Set([
  ...["sid", "effect", "condition"],
  ...["action", "notaction", "resource", "notresource", "principal", "notprincipal"],
]);

/**
 * A statement's elements by their names in lower case and in the singular: `aws.iam.getPolicyDocument` writes its
 * arguments in lower case and as lists. A statement with anything else, or with an element twice, is none: what a rule
 * would pass over, AWS might read.
 */
function elementsOf(item: Data): ReadonlyMap<string, Data> {
  if (!isRecord(item)) throw new DocumentError(item);
  const elements = new Map<string, Data>();
  for (const [key, value] of Object.entries(item)) {
    const name = key.toLowerCase().replace(/s$/, "");
    if (!ELEMENTS.has(name) || elements.has(name)) throw new DocumentError(item);
    elements.set(name, value);
  }
  return elements;
}

function texts(value: Data): readonly string[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? (value as readonly Data[]) : [value]).map(String);
}

function principals(value: Data): readonly Principal[] {
  if (value === undefined || value === null) return [];
  if (typeof value === "string") return [{ kind: "*", value }];
  if (Array.isArray(value)) {
    return (value as readonly Data[]).flatMap((item) =>
      isRecord(item) ? named(String(item["type"]), texts(item["identifiers"])) : named("AWS", texts(item)),
    );
  }
  return isRecord(value) ? Object.entries(value).flatMap(([kind, values]) => named(kind, texts(values))) : [];
}

function named(kind: string, values: readonly string[]): Principal[] {
  const everybody = kind === "AWS";
  return values.map((value) =>
    everybody && value === "*" ? { kind: "*", value } : { kind: kind as Principal["kind"], value },
  );
}

function conditions(value: Data): readonly Condition[] {
  if (Array.isArray(value)) {
    return (value as readonly Data[]).flatMap((item) =>
      isRecord(item)
        ? [{ operator: String(item["test"]), key: String(item["variable"]), values: texts(item["values"]) }]
        : [],
    );
  }
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([operator, keys]) =>
    isRecord(keys) ? Object.entries(keys).map(([key, values]) => ({ operator, key, values: texts(values) })) : [],
  );
}
