import { accountOf, matches, parseArn } from "../framework/arn";
import { isKeyName } from "../framework/keys";
import { isOwn } from "../framework/own";
import { isRecord, Undecided, type Data } from "../framework/resource";
import type { Rule } from "../framework/rule";
import { eachText, hasUnknown } from "../framework/stack";

/** Properties that refer to nothing: texts for people, and what AWS answers with (`properties` of Cloud Control). */
const NO_REFERENCE = /^(code|description|tags|tagsAll|dashboardBody|owner|ownerId|properties)(\.|$)/;

/** Whom alarms notify: mostly a topic that an account's stacks share. Of another account it must not be either. */
const NOTIFIED = /^(alarmActions|okActions|insufficientDataActions)\./;

export const referencesStayInAccount: Rule = {
  name: "references-stay-in-account",
  what: "Nothing refers to another account: no key, role, queue, topic, function or principal of it.",
  why: "Data sent there is out of reach, and what is admitted from there is out of control; mostly it is a copied ARN.",
  fix: "Use the resource of this stack, or list the account in the setting `trusted`.",
  outside: [],
  example: "kmsKeyArn: key.arn",
  config: {
    trusted: { type: "array", description: "Accounts that may be referred to, by their 12 digits.", default: [] },
  },
  stackChecks: [
    (resource, { stack, refuse, texts }) => {
      const own = stack.account;
      eachText(resource.props, (text, path) => {
        if (NO_REFERENCE.test(path)) return;
        for (const account of new Set(accountsIn(text))) {
          if (account === own || texts("trusted").includes(account)) continue;
          if (own === undefined && stack.isToBeMade) throw new Undecided("arn");
          refuse(path, account, own === undefined ? "an account of `trusted`" : `this stack's account, ${own}`);
        }
      });
      if (hasUnknown(resource.props)) throw new Undecided("a property");
    },
  ],
};

export const referencesStayInStack: Rule = {
  name: "references-stay-in-stack",
  what: "What a property refers to by an ARN or a queue's URL is part of the stack: keys, roles, queues, topics, functions, log groups. Whom alarms notify may be shared.",
  why: "A key of somebody else decides who reads the data; a queue of a neighbour takes the failures where nobody looks.",
  fix: "Use the resource of the stack, or list a pattern of what is shared in the setting `shared`.",
  outside: [],
  example: "kmsKeyArn: key.arn",
  config: {
    shared: {
      type: "array",
      description: "Patterns of ARNs and URLs outside the stack that may be referred to.",
      default: [],
    },
  },
  stackChecks: [
    (resource, { stack, refuse, texts }) => {
      const own = stack.account;
      const look = (text: string, path: string): void => {
        if (NO_REFERENCE.test(path) || NOTIFIED.test(path) || isDocument(text)) return;
        const inside = parsedText(text);
        if (inside !== undefined) {
          eachText(inside, (part, below) => look(part, `${path}.${below}`));
          return;
        }
        const arn = parseArn(text);
        const isKeyProperty = /(kms|key)[^.]*$/i.test(path) && isKeyName(text);
        const refers = arn
          ? arn.account === own || arn.service === "s3" || /:function:/.test(arn.resource)
          : isKeyProperty || (own !== undefined && accountOf(text) === own);
        if (refers && !isOwn(text, stack) && !texts("shared").some((pattern) => matches(pattern, text)))
          refuse(path, text, "something of this stack");
      };
      eachText(withoutDocuments(resource.props), look);
      if (hasUnknown(resource.props)) throw new Undecided("a property");
    },
  ],
};

/** A value without the policy documents in it that are written as objects. */
function withoutDocuments(value: Data): Data {
  if (Array.isArray(value)) return (value as readonly Data[]).map(withoutDocuments);
  if (!isRecord(value)) return value;
  if ("Statement" in value) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutDocuments(member)]));
}

/** Whether a text is a policy document, whose grants other rules read. */
function isDocument(text: string): boolean {
  return /^\s*\{/.test(text) && text.includes('"Statement"');
}

function parsedText(text: string): Data {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Data;
  } catch {
    return undefined;
  }
}

/** Accounts that a text names: as a whole, in an ARN or a queue's URL, or in the JSON that it is. */
function accountsIn(text: string): readonly string[] {
  if (/^\d{12}$/.test(text)) return [text];
  if (/^\s*[{[]/.test(text)) {
    try {
      const found: string[] = [];
      eachText(JSON.parse(text) as Data, (part) => found.push(...accountsIn(part)));
      return found;
    } catch {
      return [];
    }
  }
  const inside = [...text.matchAll(/arn:[\w-]+:[\w-]+:[\w-]*:(\d{12}):|\b(\d{12})\.dkr\.ecr\./g)].map(
    ([, ofArn, ofImage]) => ofArn ?? ofImage ?? "",
  );
  const whole = accountOf(text);
  return whole === undefined ? inside : [...inside, whole];
}

export const referenceRules: readonly Rule[] = [referencesStayInAccount, referencesStayInStack];
