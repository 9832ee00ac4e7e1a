import type { Data } from "./resource";

const ARN = /^arn:[\w-]+:kms:[^:]+:\d{12}:(key\/[\w-]+|alias\/(?!aws\/)[\w/-]+)$/;
const ALIAS = /^alias\/(?!aws\/)[\w/-]+$/;
const ID = /^(mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** What a property that takes a key's ARN alone is told to hold. */
export const KEY_ARN = "the ARN of a customer-managed key";
/** What a property that takes a key in any form is told to hold. */
export const KEY_NAME = "the ARN, id or alias of a customer-managed key";

/** Whether a value is the ARN of a customer-managed key or of an alias of one; `alias/aws/…` are AWS's own. */
export function isKeyArn(value: Data): value is string {
  return typeof value === "string" && ARN.test(value);
}

/** Whether a value names a customer-managed key in any form that AWS takes: ARN, id, alias. */
export function isKey(value: Data): value is string {
  return typeof value === "string" && (ARN.test(value) || isKeyName(value));
}

/** Whether a text is a key's id or a customer's alias: AWS looks for it in the stack's own account. */
export function isKeyName(text: string): boolean {
  return ALIAS.test(text) || ID.test(text);
}
