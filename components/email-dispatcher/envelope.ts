/** What lies in the e-mail queue: one rendered mail, ready to be sent. */
export interface Envelope {
  readonly player: string;
  readonly id: string;
  /** The pass through preparation that made it. */
  readonly dispatch: number;
  readonly type: string;
  readonly template: string;
  readonly locale: string;
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** One-click unsubscribe address (RFC 8058), on mail that needs consent. */
  readonly unsubscribeUrl?: string;
}

const TEXTS = ["player", "id", "type", "template", "locale", "to", "subject", "html", "text"] as const;

/** Reads a message of the queue; also one that a topic wrapped; undefined when it is no envelope. */
export function parseEnvelope(body: string): Envelope | undefined {
  const value = parse(body);
  if (!value) return undefined;
  if (value["Type"] === "Notification" && typeof value["Message"] === "string") return parseEnvelope(value["Message"]);
  for (const name of TEXTS) if (typeof value[name] !== "string") return undefined;
  const { dispatch, unsubscribeUrl } = value;
  if (typeof dispatch !== "number" || !Number.isInteger(dispatch)) return undefined;
  if (unsubscribeUrl !== undefined && typeof unsubscribeUrl !== "string") return undefined;
  return value as unknown as Envelope;
}

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return value !== null && typeof value === "object" ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
