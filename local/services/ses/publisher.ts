import type { Cloud } from "../../cloud";
import type { Json } from "../../service";
import type { ConfigurationSet, EventDestination, EventType } from "./configuration-sets";
import type { Mail, MailEventType } from "./mail";
import { detailTypes } from "./records";

const apiNames: Readonly<Record<MailEventType, EventType>> = {
  Send: "SEND",
  Delivery: "DELIVERY",
  Bounce: "BOUNCE",
  Complaint: "COMPLAINT",
  Reject: "REJECT",
  Open: "OPEN",
  Click: "CLICK",
  "Rendering Failure": "RENDERING_FAILURE",
  DeliveryDelay: "DELIVERY_DELAY",
};

/** Sends one event record to every topic and bus of the set that asks for its type. A topic that refuses loses it, as on AWS. */
export async function publish(cloud: Cloud, set: ConfigurationSet, type: MailEventType, record: Json): Promise<void> {
  for (const destination of destinationsOf(set, type)) {
    if (destination.topicArn !== undefined) await toTopic(cloud, set, destination.topicArn, record);
    if (destination.eventBusArn !== undefined) {
      cloud.ports.events.emit({
        source: "aws.ses",
        detailType: detailTypes[type],
        resources: [set.arn],
        detail: record,
      });
    }
  }
}

/** Counts one event in every destination of the set that asks for its type as a metric. */
export function measure(cloud: Cloud, set: ConfigurationSet, mail: Mail, type: MailEventType): void {
  for (const { dimensions: named } of destinationsOf(set, type)) {
    if (!named) continue;
    const dimensions = Object.fromEntries(named.map(({ name, fallback }) => [name, mail.tags[name]?.[0] ?? fallback]));
    cloud.ports.metrics.put("AWS/SES", type, dimensions, 1, "Count");
  }
}

function destinationsOf(set: ConfigurationSet, type: MailEventType): EventDestination[] {
  return [...set.destinations.values()].filter(({ enabled, types }) => enabled && types.includes(apiNames[type]));
}

async function toTopic(cloud: Cloud, set: ConfigurationSet, TopicArn: string, record: Json): Promise<void> {
  const input = { TopicArn, Message: JSON.stringify(record), Subject: "Amazon SES Email Event Notification" };
  try {
    await cloud.call("sns", "Publish", input, { type: "service", service: "ses.amazonaws.com", sourceArn: set.arn });
  } catch (error) {
    // The refused call already stands in the trace; this line says which event of which mail it cost.
    cloud.trace.emit({
      kind: "error",
      service: "ses",
      name: "PublishEvent",
      resource: TopicArn,
      error: error instanceof Error ? error.name : "Error",
      data: { lost: record["eventType"], message: error instanceof Error ? error.message : String(error) },
    });
  }
}
