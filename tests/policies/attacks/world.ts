import { document, FUNCTION, KEY, ROLE, TABLE, type Resources } from "../cases/fixtures";

/** What somebody would write who means harm, or takes no care: resources, and the rule that refuses one of them. */
export interface Attack {
  readonly add: Resources;
  /** Name of the rule. */
  readonly by: string;
  /** Name of the resource and dotted path of the property that the violation tells. */
  readonly at: string;
  /** Settings of that rule that are not its defaults. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export type Attacks = Readonly<Record<string, Attack>>;

/** A stack that has nothing wrong with it as far as the attacks go. */
export const WORLD: Resources = {
  "dynamodb/table:Table t": TABLE,
  "iam/role:Role f": ROLE,
  "kms/key:Key k": { arn: KEY, policy: "{}" },
  "lambda/function:Function f": FUNCTION,
};

/** Another account than the stack's. */
export const STRANGER = "999999999999";

/** A role's policy, written in whatever form. */
export const held = (policy: unknown): Resources => ({ "iam/rolePolicy:RolePolicy p": { role: "f", policy } });

/** A role's policy of one statement that allows. */
export const allowing = (statement: object): Resources =>
  held(document({ Effect: "Allow", Resource: TABLE.arn, ...statement }));

/** A role under a trust policy of one statement. */
export const trusting = (statement: object): Resources => ({
  "iam/role:Role r": {
    name: "r",
    assumeRolePolicy: document({ Effect: "Allow", Action: "sts:AssumeRole", ...statement }),
  },
});

/** An attack of one resource `x`, that a rule refuses at a property. */
export const keyed = (type: string, properties: object, by: string, at: string): Attack => ({
  add: { [`${type} x`]: properties as Record<string, unknown> },
  by,
  at: `x ${at}`,
});
