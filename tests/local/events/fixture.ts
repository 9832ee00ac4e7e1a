import { eventsService, type EventsService } from "../../../local/services/events";
import { schedulerService, type SchedulerService } from "../../../local/services/scheduler";
import type { Created, Json } from "../../../local/service";
import { SnsFixture } from "../sns/fixture";

export const FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:greet";

/** SNS's fixture with EventBridge and Scheduler. */
export class EventsFixture extends SnsFixture {
  readonly events: EventsService;
  readonly scheduler: SchedulerService;

  constructor() {
    super();
    this.events = eventsService(this.cloud);
    this.scheduler = schedulerService(this.cloud);
    this.cloud.register(this.events);
    this.cloud.register(this.scheduler);
  }

  /** Lets a service invoke the function in the name of sources that match. */
  admit(service: string, sourceArn: string): void {
    const statement = {
      Effect: "Allow",
      Principal: { Service: service },
      Action: "lambda:InvokeFunction",
      Resource: FUNCTION,
      Condition: { ArnLike: { "aws:SourceArn": sourceArn } },
    };
    this.cloud.resourcePolicies.set(FUNCTION, { Version: "2012-10-17", Statement: [statement] });
  }

  /** A role that `service` may take on, with the given rights; answers its ARN. */
  async role(
    name: string,
    service: string,
    rights: readonly { readonly actions: readonly string[]; readonly resource: string }[],
  ): Promise<string> {
    const trust = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
    };
    const role = await this.declare("aws:iam/role:Role", name, { name, assumeRolePolicy: JSON.stringify(trust) });
    const statements = rights.map(({ actions, resource }) => ({
      Effect: "Allow",
      Action: actions,
      Resource: resource,
    }));
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: statements });
    if (rights.length > 0)
      await this.declare("aws:iam/rolePolicy:RolePolicy", `${name}-rights`, { role: name, policy });
    return role.state["arn"] as string;
  }

  async putEvent(source: string, detailType: string, detail: Json, bus?: string): Promise<Json> {
    const entry = {
      Source: source,
      DetailType: detailType,
      Detail: JSON.stringify(detail),
      ...(bus === undefined ? {} : { EventBusName: bus }),
    };
    const answer = await this.call("PutEvents", { Entries: [entry] }, "events");
    await this.clock.settle();
    return answer;
  }

  /** Declares a Pulumi resource of any of the services. */
  async declare(type: string, name: string, inputs: Json): Promise<Created> {
    const service = [...this.cloud.services.values()].find(({ resourceTypes }) => resourceTypes[type]);
    const context = {
      cloud: this.cloud,
      name,
      type,
      urn: `urn:pulumi:t::t::${type}::${name}`,
      physicalName: (suffix = "") => `${name}-0a1b2c3${suffix}`,
    };
    return service!.resourceTypes[type]!.create(inputs, context);
  }
}
