/** The parts of an ARN. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly resource: string;
}

/** Takes an ARN apart; `undefined` for what is none. */
export function parseArn(text: string): Arn | undefined {
  const [arn, partition, service, region, account, ...resource] = text.split(":");
  if (arn !== "arn" || partition === undefined || service === undefined || resource.length === 0) return undefined;
  return { partition, service, region: region ?? "", account: account ?? "", resource: resource.join(":") };
}

/** The account that an ARN or a queue's URL names, if it names one. */
export function accountOf(text: string): string | undefined {
  const account = parseArn(text)?.account ?? /^https?:\/\/[^/]+\/(\d{12})\/[^/]+$/.exec(text)?.[1];
  return account !== undefined && /^\d{12}$/.test(account) ? account : undefined;
}

/** Whether an IAM pattern (`*` any run of characters, `?` one) matches a text. */
export function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s").test(text);
}

export function hasWildcard(text: string): boolean {
  return /[*?]/.test(text.replace(/\$\{[^}]*\}/g, ""));
}

/**
 * Whether a text holds a policy variable by which whoever asks fills in what the text is held against, so that
 * `"${aws:SourceAccount}"` is every account. `${*}`, `${?}` and `${$}` are signs; whose the resource is, nobody chooses.
 */
export function isFilledByRequest(text: string): boolean {
  return /\$\{(?![*?$]\}|aws:Resource(Account|OrgID|OrgPaths)[,}])/i.test(text);
}
