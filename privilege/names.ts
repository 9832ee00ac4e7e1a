/** The logical name within an ARN or a physical name: without project, stack and Pulumi's random suffix. */
export function logicalName(text: string): string {
  const last = text.startsWith("arn:") ? lastPart(text) : text;
  return last.replace(/^games-messaging-local-/, "").replace(/-[0-9a-f]{7}$/, "");
}

function lastPart(arn: string): string {
  const [, , service = "", , , ...rest] = arn.split(":");
  const resource = rest.join(":");
  if (service === "kms") return "key";
  if (service === "glue" && resource === "catalog") return "catalog";
  return resource.split(/[:/]/).at(-1) ?? resource;
}

/** An ARN without Region, account and random suffix, for people. */
export function shortArn(arn: string): string {
  return arn
    .replace(/^arn:aws:([^:]*):[^:]*:[^:]*:/, "$1:")
    .replace(/-[0-9a-f]{7}(?=$|[/:])/g, "")
    .replace(/key\/[0-9a-f-]{36}/, "key")
    .replace(/^(execute-api:)[a-z0-9]{10}\//, "$1")
    .replace(/authorizers\/[a-z0-9]+$/, "authorizers")
    .replace("function:games-messaging-local-", "function:");
}
