import { AwsError } from "../../aws-error";
import type { Cloud } from "../../cloud";

/** Types as the API writes them in `MatchingEventTypes`. */
const eventTypes = [
  "SEND",
  "REJECT",
  "BOUNCE",
  "COMPLAINT",
  "DELIVERY",
  "OPEN",
  "CLICK",
  "RENDERING_FAILURE",
  "DELIVERY_DELAY",
  "SUBSCRIPTION",
] as const;
export type EventType = (typeof eventTypes)[number];
export type SuppressedReason = "BOUNCE" | "COMPLAINT";

export interface EventDestination {
  readonly name: string;
  readonly enabled: boolean;
  readonly types: readonly EventType[];
  readonly topicArn?: string;
  readonly eventBusArn?: string;
  /** CloudWatch: dimension name, where its value comes from, and the value when there is none. */
  readonly dimensions?: readonly { readonly name: string; readonly source: string; readonly fallback: string }[];
}

export interface ConfigurationSet {
  readonly name: string;
  readonly arn: string;
  sendingEnabled: boolean;
  tlsPolicy: string;
  reputationMetrics: boolean;
  /** Overrides the account's own list of reasons. */
  suppressedReasons?: readonly SuppressedReason[];
  redirectDomain?: string;
  readonly destinations: Map<string, EventDestination>;
}

/** Configuration sets: without one, no event of a mail is ever published. */
export class ConfigurationSetStore {
  readonly all = new Map<string, ConfigurationSet>();

  constructor(private readonly cloud: Cloud) {}

  create(name: string): ConfigurationSet {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
      throw new AwsError(
        "BadRequestException",
        `Invalid configuration set name <${name}>: only alphanumeric ASCII characters, '_', and '-' are allowed.`,
        400,
      );
    }
    if (this.all.has(name))
      throw new AwsError("AlreadyExistsException", `Configuration set <${name}> already exists.`, 400);
    const arn = this.arnOf(name);
    const set: ConfigurationSet = {
      name,
      arn,
      sendingEnabled: true,
      tlsPolicy: "OPTIONAL",
      reputationMetrics: false,
      destinations: new Map(),
    };
    this.all.set(name, set);
    return set;
  }

  arnOf(name: string): string {
    return this.cloud.arn("ses", `configuration-set/${name}`);
  }

  get(name: string): ConfigurationSet {
    const set = this.all.get(name);
    if (!set) throw new AwsError("NotFoundException", `Configuration set <${name}> does not exist.`, 404);
    return set;
  }

  /**
   * Adds or replaces an event destination. SES proves a topic by publishing to it, and refuses the destination if it may
   * not; subscribers receive that message.
   */
  async setDestination(set: ConfigurationSet, destination: EventDestination): Promise<void> {
    const wrong = destination.types.find((type) => !eventTypes.includes(type));
    if (wrong !== undefined) throw new AwsError("BadRequestException", `Invalid event type <${wrong}>.`, 400);
    if (destination.eventBusArn !== undefined && !destination.eventBusArn.endsWith(":event-bus/default")) {
      throw new AwsError(
        "BadRequestException",
        `Invalid Amazon EventBridge bus ARN <${destination.eventBusArn}>: Only the default bus is supported.`,
        400,
      );
    }
    if (destination.topicArn !== undefined) {
      try {
        const Message = "Successfully validated SNS topic for Amazon SES event publishing.";
        const principal = { type: "service", service: "ses.amazonaws.com", sourceArn: set.arn } as const;
        await this.cloud.call("sns", "Publish", { TopicArn: destination.topicArn, Message }, principal);
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        const reason =
          error.code === "NotFound"
            ? `SNS topic <${destination.topicArn}> not found.`
            : `Could not publish to SNS topic <${destination.topicArn}>.`;
        throw new AwsError("BadRequestException", reason, 400);
      }
    }
    set.destinations.set(destination.name, destination);
  }
}
