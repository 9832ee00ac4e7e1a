/** What a letter in a dead-letter queue says about itself. */
export interface Letter {
  readonly body: string;
  /** Message attributes by name. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Times it has been received, as SQS counts. */
  readonly receives: number;
}

interface Body {
  readonly reason?: unknown;
  readonly detail?: unknown;
  readonly requestContext?: { readonly condition?: unknown; readonly functionArn?: unknown };
  readonly responsePayload?: { readonly errorMessage?: unknown } | null;
  readonly DDBStreamBatchInfo?: { readonly batchSize?: unknown; readonly approximateArrivalOfFirstRecord?: unknown };
}

/** Why it lies there, as far as the letter tells: the reason that was laid down with it, or what AWS notes. */
export function reasonOf({ body, attributes, receives }: Letter): string {
  const said = parse(body);
  if (typeof said.reason === "string")
    return typeof said.detail === "string" ? `${said.reason}: ${said.detail}` : said.reason;
  const batch = said.DDBStreamBatchInfo;
  const { condition, functionArn } = said.requestContext ?? {};
  if (batch) {
    const size = typeof batch.batchSize === "number" ? `${batch.batchSize} records` : "records";
    return `${text(condition, "given up")}: ${size} of a stream, from ${text(batch.approximateArrivalOfFirstRecord, "an unknown time")}`;
  }
  if (functionArn !== undefined) {
    const error = said.responsePayload?.errorMessage;
    return `${text(condition, "given up")}: ${text(functionArn, "").split(":").at(6) ?? ""}${typeof error === "string" ? `: ${error}` : ""}`;
  }
  // EventBridge and Scheduler: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
  const code = attributes["ERROR_CODE"];
  if (code !== undefined) return `${code}: ${attributes["ERROR_MESSAGE"] ?? ""}`;
  // Looking at a letter counts as receiving it: the number alone says nothing about a function that failed.
  return `no reason recorded; received ${receives} ${receives === 1 ? "time" : "times"}`;
}

/** Milliseconds in which a batch's records arrived; undefined for what is no batch of a stream. */
export function arrivalOf(body: string): { readonly from: number; readonly to: number } | undefined {
  const batch = parse(body).DDBStreamBatchInfo as
    { approximateArrivalOfFirstRecord?: string; approximateArrivalOfLastRecord?: string } | undefined;
  const from = Date.parse(batch?.approximateArrivalOfFirstRecord ?? "");
  const to = Date.parse(batch?.approximateArrivalOfLastRecord ?? "");
  return Number.isNaN(from) || Number.isNaN(to) ? undefined : { from, to };
}

function parse(body: string): Body {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function text(value: unknown, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}
