/** Who calls. */
export type Principal = Operator | RoleSession | ServicePrincipal | Anonymous;

/** The person at the machine: holds the operator key of the banner, may do everything. */
export interface Operator {
  readonly type: "operator";
  readonly arn: string;
}

/** A role taken on by a function's environment, or by `sts:AssumeRole`. */
export interface RoleSession {
  readonly type: "role";
  /** ARN of the role itself: `arn:aws:iam::<account>:role/<name>`. */
  readonly roleArn: string;
  /** ARN of the session: `arn:aws:sts::<account>:assumed-role/<name>/<session>`. */
  readonly arn: string;
  /** The function environment that holds the credentials, if one does. */
  readonly environmentId?: string;
}

/** A service of AWS that acts on its own, e.g. SNS delivering to a queue. */
export interface ServicePrincipal {
  readonly type: "service";
  /** e.g. `sns.amazonaws.com`. */
  readonly service: string;
  /** ARN of the resource in whose name it acts: `aws:SourceArn`. */
  readonly sourceArn?: string;
}

export interface Anonymous {
  readonly type: "anonymous";
}

/** How a principal is shown in traces and error messages. */
export function describePrincipal(principal: Principal): string {
  switch (principal.type) {
    case "operator":
    case "role":
      return principal.arn;
    case "service":
      return principal.service;
    case "anonymous":
      return "anonymous";
  }
}
