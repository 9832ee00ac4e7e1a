import { textOf } from "./inputs";
import type { Created, Json, ResourceContext, ResourceType } from "../../service";
import type { IamEngine } from "./engine";
import { parsePolicy } from "./policy-document";

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const strings = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
const json = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Pulumi resource types of IAM. */
export function iamResources(engine: IamEngine): Readonly<Record<string, ResourceType>> {
  return {
    "aws:iam/role:Role": {
      create: (i, c) => role(engine, i, nameFor(i, c)),
      update: (id, i) => role(engine, i, id),
      delete: (id) => engine.store.deleteRole(id),
    },
    "aws:iam/rolePolicy:RolePolicy": {
      create: (i, c) => rolePolicy(engine, i, nameFor(i, c)),
      update: (id, i) => rolePolicy(engine, i, id.slice(id.indexOf(":") + 1)),
      delete: (id) => engine.store.deleteInline(id.slice(0, id.indexOf(":")), id.slice(id.indexOf(":") + 1)),
    },
    "aws:iam/policy:Policy": {
      create: (i, c) => policy(engine, i, nameFor(i, c)),
      update: (id, i) => policy(engine, i, id.slice(id.lastIndexOf("/") + 1)),
      delete: (id) => engine.store.deletePolicy(id),
    },
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
      create: (i) => attachment(engine, i),
      delete: (_id, state) => engine.store.detach(nameOf(state["role"]), textOf(state["policyArn"])),
    },
  };
}

function nameFor(inputs: Json, context: ResourceContext): string {
  const prefix = text(inputs["namePrefix"]);
  const made = context.physicalName();
  return text(inputs["name"]) ?? (prefix === undefined ? made : prefix + made.slice(made.lastIndexOf("-") + 1));
}

/** A role is referred to by its name, or by its ARN. */
function nameOf(role: unknown): string {
  const given = String(role);
  return given.slice(given.lastIndexOf("/") + 1);
}

function role(engine: IamEngine, inputs: Json, name: string): Created {
  const description = text(inputs["description"]);
  const path = text(inputs["path"]) ?? "/";
  const maxSessionDuration = Number(inputs["maxSessionDuration"] ?? 3600);
  const made = engine.store.putRole(name, inputs["assumeRolePolicy"], {
    path,
    maxSessionDuration,
    ...(description === undefined ? {} : { description }),
    tags: (inputs["tags"] ?? {}) as Readonly<Record<string, string>>,
  });
  const inline = Array.isArray(inputs["inlinePolicies"]) ? (inputs["inlinePolicies"] as Json[]) : [];
  for (const entry of inline)
    if (entry["name"] !== undefined) engine.store.putInline(name, textOf(entry["name"]), entry["policy"]);
  for (const arn of strings(inputs["managedPolicyArns"])) engine.store.attach(name, arn);
  return {
    id: name,
    state: {
      ...inputs,
      id: name,
      name,
      namePrefix: inputs["namePrefix"] ?? "",
      arn: made.arn,
      path,
      uniqueId: made.id,
      createDate: new Date(made.created).toISOString(),
      maxSessionDuration,
      forceDetachPolicies: inputs["forceDetachPolicies"] ?? false,
      assumeRolePolicy: json(inputs["assumeRolePolicy"]),
      inlinePolicies: inline,
      managedPolicyArns: strings(inputs["managedPolicyArns"]),
      tagsAll: inputs["tagsAll"] ?? inputs["tags"] ?? {},
    },
  };
}

function rolePolicy(engine: IamEngine, inputs: Json, name: string): Created {
  const roleName = nameOf(inputs["role"]);
  engine.store.putInline(roleName, name, inputs["policy"]);
  const id = `${roleName}:${name}`;
  return {
    id,
    state: {
      ...inputs,
      id,
      name,
      namePrefix: inputs["namePrefix"] ?? "",
      role: roleName,
      policy: json(inputs["policy"]),
    },
  };
}

function policy(engine: IamEngine, inputs: Json, name: string): Created {
  const path = text(inputs["path"]) ?? "/";
  const made = engine.store.putPolicy(name, inputs["policy"], path);
  const state = {
    ...inputs,
    id: made.arn,
    arn: made.arn,
    name,
    namePrefix: inputs["namePrefix"] ?? "",
    path,
    policyId: made.id,
    attachmentCount: 0,
  };
  return {
    id: made.arn,
    state: { ...state, policy: json(inputs["policy"]), tagsAll: inputs["tagsAll"] ?? inputs["tags"] ?? {} },
  };
}

function attachment(engine: IamEngine, inputs: Json): Created {
  const roleName = nameOf(inputs["role"]);
  const policyArn = textOf(inputs["policyArn"]);
  engine.store.attach(roleName, policyArn);
  const id = `${roleName}/${policyArn}`;
  return { id, state: { ...inputs, id, role: roleName, policyArn } };
}

/** `aws.iam.getPolicyDocument`: from its typed statements to policy JSON. */
export function getPolicyDocument(inputs: Json): Json {
  const bySid = new Map<string, Json>();
  const add = (statement: Json): void => {
    const sid = text(statement["Sid"]);
    bySid.set(sid === undefined || sid === "" ? `#${bySid.size}` : sid, statement);
  };
  const merge = (documents: unknown): void => {
    for (const source of strings(documents))
      for (const s of [(JSON.parse(source) as Json)["Statement"]].flat()) add(s as Json);
  };
  merge(inputs["sourcePolicyDocuments"]);
  for (const statement of (inputs["statements"] ?? []) as Json[]) add(toStatement(statement));
  merge(inputs["overridePolicyDocuments"]);
  const version = text(inputs["version"]) ?? "2012-10-17";
  const document = {
    Statement: [...bySid.values()],
    Version: version,
    ...(inputs["policyId"] === undefined ? {} : { Id: inputs["policyId"] }),
  };
  const kind = document.Statement.some((s) => s["Principal"] !== undefined || s["NotPrincipal"] !== undefined)
    ? "resource"
    : undefined;
  if (kind) parsePolicy(document, kind);
  const minifiedJson = JSON.stringify(document);
  return { ...inputs, id: String(hash(minifiedJson)), version, json: JSON.stringify(document, null, 2), minifiedJson };
}

function toStatement(statement: Json): Json {
  const made: Json = {};
  const put = (member: string, value: unknown): void => {
    const list = strings(value);
    if (list.length > 0) made[member] = list.length === 1 ? list[0] : list;
  };
  if (text(statement["sid"])) made["Sid"] = statement["sid"];
  made["Effect"] = statement["effect"] ?? "Allow";
  put("Action", statement["actions"]);
  put("NotAction", statement["notActions"]);
  put("Resource", statement["resources"]);
  put("NotResource", statement["notResources"]);
  principals(made, "Principal", statement["principals"]);
  principals(made, "NotPrincipal", statement["notPrincipals"]);
  const conditions = (statement["conditions"] ?? []) as Json[];
  if (conditions.length > 0) {
    const block: Record<string, Record<string, unknown>> = {};
    for (const { test, variable, values } of conditions) {
      const list = strings(values);
      (block[String(test)] ??= {})[String(variable)] = list.length === 1 ? list[0] : list;
    }
    made["Condition"] = block;
  }
  return made;
}

function principals(made: Json, member: string, given: unknown): void {
  const list = (given ?? []) as Json[];
  if (list.length === 0) return;
  const byType: Record<string, string[]> = {};
  for (const { type, identifiers } of list) {
    if (type === "*") {
      made[member] = "*";
      return;
    }
    (byType[String(type)] ??= []).push(...strings(identifiers));
  }
  made[member] = Object.fromEntries(
    Object.entries(byType).map(([type, names]) => [type, names.length === 1 ? names[0] : names]),
  );
}

function hash(source: string): number {
  let value = 0;
  for (let i = 0; i < source.length; i++) value = (Math.imul(value, 31) + source.charCodeAt(i)) >>> 0;
  return value;
}
