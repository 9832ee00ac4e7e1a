import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";
import type { Credentials, Decision, IamPort, StatementId } from "../../ports";
import type { Principal } from "../../principal";
import type { AccessRequest, Json } from "../../service";
import { keysOf } from "./context";
import { CredentialStore } from "./credentials";
import { decide } from "./evaluate";
import { listOf, statementsIn, type PolicyDocument } from "./policy-document";
import { RemovedGrants, type Removal } from "./removed-grants";
import { RoleStore, type RoleStatement } from "./roles";
import { compileStatements, type CompiledStatement, type Who } from "./statement";

/** What a role's statement was good for so far. */
export interface StatementUsage extends RoleStatement {
  /** How often each action was allowed by it. */
  readonly used: Readonly<Record<string, number>>;
  /** Members of its Action element that allowed nothing yet. */
  readonly unusedActions: readonly string[];
}

interface RoleView {
  readonly version: string;
  /** In force, in the order of `compiled`. */
  readonly ids: readonly StatementId[];
  readonly compiled: readonly CompiledStatement[];
  readonly answers: Map<string, { readonly policy: Json | undefined; readonly answer: Answer }>;
}

interface ResourceView {
  readonly source: unknown;
  readonly count: number;
  readonly version: number;
  readonly ids: readonly StatementId[];
  readonly compiled: readonly CompiledStatement[];
}

/** A decision, and whether it holds for every later request with the same action and resource. */
interface Answer extends Decision {
  readonly statements: readonly StatementId[];
  readonly stable: boolean;
}

/** Sees every decision about a role, a service or a stranger; the operator may do all and is not asked about. */
export type DecisionListener = (principal: Principal, request: AccessRequest, decision: Decision) => void;

/** A decision costs a map look-up once it is known; this many are kept per role. */
const keptAnswers = 10_000;

/** Decides who may do what, from the roles of this cloud and the policies of its resources. */
export class IamEngine implements IamPort {
  readonly store: RoleStore;
  readonly credentials: CredentialStore;
  private readonly views = new Map<string, RoleView>();
  private readonly resourceViews = new WeakMap<Json | PolicyDocument, ResourceView>();
  private readonly removed = new RemovedGrants();
  private readonly listeners = new Set<DecisionListener>();
  private readonly usage = new Map<string, Map<string, Map<string, number>>>();

  constructor(private readonly cloud: Cloud) {
    this.store = new RoleStore(cloud);
    this.credentials = new CredentialStore(cloud);
  }

  evaluate(principal: Principal, request: AccessRequest): Decision {
    const answer = this.decided(principal, request);
    for (const listener of this.listeners) listener(principal, request, answer);
    return answer;
  }

  private decided(principal: Principal, request: AccessRequest): Decision {
    const assume = request.action === "sts:AssumeRole";
    if (principal.type === "operator" && !assume) return { allowed: true, reason: "" };
    const policy = assume ? undefined : this.cloud.resourcePolicies.get(request.policyOf ?? request.resource);
    if (principal.type !== "role") return this.answer(principal, request, policy, undefined);
    const view = this.view(principal.roleArn);
    const key = `${request.action}\n${request.resource}\n${request.policyOf ?? ""}\n${principal.arn}`;
    const known = assume ? undefined : view.answers.get(key);
    if (known && known.policy === policy) {
      this.count(principal.roleArn, known.answer, request.action);
      return known.answer;
    }
    const answer = this.answer(principal, request, policy, view);
    if (answer.stable && !assume) {
      if (view.answers.size >= keptAnswers) view.answers.clear();
      view.answers.set(key, { policy, answer });
    }
    this.count(principal.roleArn, answer, request.action);
    return answer;
  }

  /** Calls back with every decision from now on; returns how to stop. */
  onDecision(listener: DecisionListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  issue(roleArn: string, sessionName: string, environmentId?: string): Credentials {
    this.store.role(roleArn);
    return this.credentials.issue(roleArn, sessionName, environmentId);
  }

  revoke(accessKeyId: string): void {
    this.credentials.revoke(accessKeyId);
  }

  lookUp(accessKeyId: string): { secretAccessKey: string; sessionToken?: string; principal: Principal } | undefined {
    return this.credentials.lookUp(accessKeyId);
  }

  trusts(roleArn: string, principal: Principal): boolean {
    return this.evaluate(principal, { action: "sts:AssumeRole", resource: roleArn }).allowed;
  }

  /** What a session of the role would be answered; leaves no mark in the usage report. */
  simulate(roleArn: string, request: AccessRequest): Decision {
    const principal: Principal = { type: "role", roleArn, arn: `${roleArn}/simulated` };
    const policy = this.cloud.resourcePolicies.get(request.policyOf ?? request.resource);
    return this.answer(principal, request, policy, this.view(roleArn));
  }

  /** Whether this policy, if the resource carried it, would let the principal act: for checks before a policy is stored. */
  wouldAllow(policy: Json, principal: Principal, request: AccessRequest): boolean {
    const identity = principal.type === "operator" ? everything : undefined;
    return decide({
      action: request.action,
      resource: request.resource,
      keys: keysOf(this.cloud, principal, request),
      who: this.who(principal),
      ...(identity ? { identity } : {}),
      resourcePolicy: compileStatements(policy),
      strict: true,
    }).allowed;
  }

  /** The role's statements, numbered. */
  statementsOf(roleName: string): readonly RoleStatement[] {
    return this.store.statementsOf(roleName);
  }

  /** Switches one statement of a role off, as if it had never been written; returns how to switch it on again. */
  withoutStatement(roleName: string, index: number): () => void {
    const statements = this.store.statementsOf(roleName);
    const statement = statements[index];
    if (!statement)
      throw new RangeError(`statement of role "${roleName}": got ${index}; expected 0 to ${statements.length - 1}.`);
    const { policy, position } = statement;
    return this.without({ statement: { kind: "role", owner: this.store.role(roleName).arn, policy, position } });
  }

  /** Takes a statement away, of a role, a trust policy or a resource, also one yet to be written; returns how to give it back. */
  without(removal: Removal): () => void {
    return this.removed.add(removal);
  }

  /** Which statements of a role allowed which actions since the cloud began. */
  usageOf(roleName: string): readonly StatementUsage[] {
    const used = this.usage.get(this.store.role(roleName).arn);
    return this.store.statementsOf(roleName).map((statement) => {
      const actions = Object.fromEntries(used?.get(`${statement.policy}#${statement.position}`) ?? []);
      const unusedActions = listOf(statement.document.Action).filter(
        (pattern) => !Object.keys(actions).some((action) => covers(pattern, action)),
      );
      return { ...statement, used: actions, unusedActions };
    });
  }

  private answer(
    principal: Principal,
    request: AccessRequest,
    policy: Json | undefined,
    view: RoleView | undefined,
  ): Answer {
    const { action, resource } = request;
    const key = action.startsWith("kms:") && resource !== "*";
    if (key && policy === undefined) {
      const reason = `because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`;
      return { allowed: false, reason, statements: [], stable: false };
    }
    const assume = action === "sts:AssumeRole";
    const policyView = assume
      ? this.trustView(resource)
      : policy && this.resourceView(policy, request.policyOf ?? resource);
    const identity = principal.type === "operator" ? everything : view?.compiled;
    const { by, byResource, ...verdict } = decide({
      action,
      resource,
      keys: keysOf(this.cloud, principal, request),
      who: this.who(principal),
      ...(identity ? { identity } : {}),
      ...(policyView ? { resourcePolicy: policyView.compiled } : {}),
      strict: key || assume,
    });
    const statements = [...by.flatMap((i) => view?.ids[i] ?? []), ...byResource.map((i) => policyView!.ids[i]!)];
    return { ...verdict, statements };
  }

  private who(principal: Principal): Who {
    const account = this.cloud.accountId;
    switch (principal.type) {
      case "role":
        return { arns: [principal.roleArn, principal.arn], account };
      case "operator":
        return { arns: [principal.arn], account };
      case "service":
        return { arns: [], service: principal.service };
      case "anonymous":
        return { arns: [] };
    }
  }

  private view(roleArn: string): RoleView {
    const known = this.views.get(roleArn);
    const version = `${this.store.version}.${this.removed.version}`;
    if (known && known.version === version) return known;
    const role = this.store.roles.get(roleArn.slice(roleArn.lastIndexOf("/") + 1));
    if (!role)
      throw new AwsError("InvalidClientTokenId", "The security token included in the request is invalid.", 403);
    const ids: StatementId[] = [];
    const compiled: CompiledStatement[] = [];
    for (const [policy, document] of this.store.policiesOf(role.name)) {
      const at = { kind: "role", owner: role.arn, policy } as const;
      for (const { position, document: statement } of this.removed.standing(at, statementsIn(document))) {
        ids.push({ ...at, position, ...sidOf(statement.Sid) });
        compiled.push(...compileStatements({ Statement: statement }));
      }
    }
    const view: RoleView = { version, ids, compiled, answers: new Map() };
    this.views.set(roleArn, view);
    return view;
  }

  private trustView(roleArn: string): ResourceView {
    const trust = this.store.roles.get(roleArn.slice(roleArn.lastIndexOf("/") + 1))?.trust;
    return this.resourceView(trust ?? { Statement: [] }, roleArn, "trust");
  }

  private resourceView(
    policy: Json | PolicyDocument,
    owner: string,
    kind: "trust" | "resource" = "resource",
  ): ResourceView {
    const source: unknown = (policy as PolicyDocument).Statement;
    const count = Array.isArray(source) ? source.length : 1;
    const { version } = this.removed;
    const known = this.resourceViews.get(policy);
    if (known && known.source === source && known.count === count && known.version === version) return known;
    const standing = this.removed.standing({ kind, owner }, statementsIn(policy));
    const view: ResourceView = {
      source,
      count,
      version,
      ids: standing.map(({ position, document }) => ({ kind, owner, position, ...sidOf(document.Sid) })),
      compiled: standing.flatMap(({ document }) => compileStatements({ Statement: document })),
    };
    this.resourceViews.set(policy, view);
    return view;
  }

  private count(roleArn: string, answer: Answer, action: string): void {
    if (!answer.allowed) return;
    for (const { kind, policy, position } of answer.statements) {
      if (kind !== "role") continue;
      let role = this.usage.get(roleArn);
      if (!role) this.usage.set(roleArn, (role = new Map<string, Map<string, number>>()));
      const key = `${policy}#${position}`;
      let actions = role.get(key);
      if (!actions) role.set(key, (actions = new Map<string, number>()));
      actions.set(action, (actions.get(action) ?? 0) + 1);
    }
  }
}

const sidOf = (sid: string | undefined): { readonly sid?: string } => (sid === undefined ? {} : { sid });

const everything = compileStatements({ Statement: { Effect: "Allow", Action: "*", Resource: "*" } });

function covers(pattern: string, action: string): boolean {
  return compileStatements({ Statement: { Effect: "Allow", Action: pattern, Resource: "*" } })[0]!.covers(action, "*", {
    get: () => undefined,
  });
}
