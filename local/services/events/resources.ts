import type { Created, Json, ResourceContext, ResourceType } from "../../service";
import type { Bus, Rule, RuleSettings, Target } from "./bus";
import type { EventBuses } from "./engine";
import { permission } from "./operations/buses";
import type { InputTransformer } from "./target-input";

/** The Pulumi types that EventBridge plays. */
export function eventsResources(buses: EventBuses): Record<string, ResourceType> {
  return {
    "aws:cloudwatch/eventBus:EventBus": eventBus(buses),
    "aws:cloudwatch/eventRule:EventRule": eventRule(buses),
    "aws:cloudwatch/eventTarget:EventTarget": eventTarget(buses),
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": eventBusPolicy(buses),
    "aws:cloudwatch/eventPermission:EventPermission": eventPermission(buses),
  };
}

const text = (value: unknown): string | undefined => (value === undefined || value === "" ? undefined : String(value));

const region = (buses: EventBuses): Json => ({ region: buses.cloud.region });

function tagsOf(inputs: Json): Record<string, string> {
  return { ...(inputs["tags"] as Record<string, string> | undefined) };
}

function eventBus(buses: EventBuses): ResourceType {
  const fill = (bus: Bus, inputs: Json): Created => {
    bus.tags = tagsOf(inputs);
    const { description, kmsKeyIdentifier } = inputs;
    const deadLetterArn = (inputs["deadLetterConfig"] as Json | undefined)?.["arn"];
    Object.assign(bus, {
      description: text(description),
      kmsKeyIdentifier: text(kmsKeyIdentifier),
      deadLetterArn: text(deadLetterArn),
    });
    return {
      id: bus.name,
      state: { ...region(buses), ...inputs, name: bus.name, arn: bus.arn, tagsAll: { ...bus.tags } },
    };
  };
  return {
    create: (inputs) => fill(buses.createBus(String(inputs["name"])), inputs),
    update: (id, inputs) => fill(buses.bus(id), inputs),
    delete: (id) => buses.deleteBus(buses.bus(id)),
  };
}

function eventRule(buses: EventBuses): ResourceType {
  const put = (name: string, inputs: Json): Created => {
    const bus = buses.bus(text(inputs["eventBusName"]));
    const rule = buses.putRule(bus, name, settingsOf(inputs));
    rule.tags = tagsOf(inputs);
    const defaults: Json = {
      eventBusName: bus.name,
      forceDestroy: false,
      isEnabled: true,
      namePrefix: "",
      state: rule.settings.state,
    };
    const computed: Json = { name, arn: rule.arn, tagsAll: { ...rule.tags } };
    return { id: ruleId(rule), state: { ...region(buses), ...defaults, ...inputs, ...computed } };
  };
  return {
    create: (inputs, context) => put(text(inputs["name"]) ?? context.physicalName(), inputs),
    update: (id, inputs) => put(ruleOf(buses, id).name, inputs),
    delete: (id) => buses.deleteRule(ruleOf(buses, id), true),
  };
}

/** The provider's id: the name on the default bus, `bus/name` on another. */
function ruleId(rule: Rule): string {
  return rule.busName === "default" ? rule.name : `${rule.busName}/${rule.name}`;
}

function ruleOf(buses: EventBuses, id: string): Rule {
  const at = id.lastIndexOf("/");
  return buses.rule(buses.bus(at < 0 ? "default" : id.slice(0, at)), id.slice(at + 1));
}

function settingsOf(inputs: Json): RuleSettings {
  const state =
    (text(inputs["state"]) as RuleSettings["state"] | undefined) ??
    (inputs["isEnabled"] === false ? "DISABLED" : "ENABLED");
  const settings: Record<string, string> = { state };
  for (const name of ["eventPattern", "scheduleExpression", "description", "roleArn"]) {
    const value = inputs[name];
    if (value !== undefined && value !== "") settings[name] = typeof value === "string" ? value : JSON.stringify(value);
  }
  return settings as unknown as RuleSettings;
}

function eventTarget(buses: EventBuses): ResourceType {
  const put = (inputs: Json, context: ResourceContext, id?: string): Created => {
    const bus = buses.bus(text(inputs["eventBusName"]));
    const rule = buses.rule(bus, String(inputs["rule"]).split("/").at(-1));
    const targetId = text(inputs["targetId"]) ?? id ?? context.physicalName();
    buses.putTarget(rule, targetOf(targetId, inputs));
    const computed: Json = { targetId, eventBusName: bus.name, rule: rule.name };
    return { id: `${rule.name}-${targetId}`, state: { ...region(buses), forceDestroy: false, ...inputs, ...computed } };
  };
  return {
    create: (inputs, context) => put(inputs, context),
    update: (id, inputs, context) => put(inputs, context, id.slice(String(inputs["rule"]).length + 1)),
    delete: (_id, state) =>
      void buses
        .rule(buses.bus(text(state["eventBusName"])), String(state["rule"]))
        .targets.delete(String(state["targetId"])),
  };
}

function targetOf(id: string, inputs: Json): Target {
  const transformer = inputs["inputTransformer"] as Json | undefined;
  const transform: InputTransformer | undefined = transformer && {
    InputTemplate: String(transformer["inputTemplate"]),
    ...(transformer["inputPaths"] === undefined
      ? {}
      : { InputPathsMap: transformer["inputPaths"] as Record<string, string> }),
  };
  const [roleArn, input, inputPath] = [text(inputs["roleArn"]), text(inputs["input"]), text(inputs["inputPath"])];
  const group = text((inputs["sqsTarget"] as Json | undefined)?.["messageGroupId"]);
  const deadLetter = text((inputs["deadLetterConfig"] as Json | undefined)?.["arn"]);
  const retry = inputs["retryPolicy"] as Json | undefined;
  return {
    Id: id,
    Arn: String(inputs["arn"]),
    ...(roleArn === undefined ? {} : { RoleArn: roleArn }),
    ...(input === undefined ? {} : { Input: input }),
    ...(inputPath === undefined ? {} : { InputPath: inputPath }),
    ...(transform ? { InputTransformer: transform } : {}),
    ...(group === undefined ? {} : { SqsParameters: { MessageGroupId: group } }),
    ...(deadLetter === undefined ? {} : { DeadLetterConfig: { Arn: deadLetter } }),
    ...(retry === undefined ? {} : { RetryPolicy: retryOf(retry) }),
  };
}

function retryOf(retry: Json): NonNullable<Target["RetryPolicy"]> {
  const attempts = retry["maximumRetryAttempts"];
  const age = retry["maximumEventAgeInSeconds"];
  return {
    ...(attempts === undefined ? {} : { MaximumRetryAttempts: Number(attempts) }),
    ...(age === undefined ? {} : { MaximumEventAgeInSeconds: Number(age) }),
  };
}

function eventBusPolicy(buses: EventBuses): ResourceType {
  const set = (inputs: Json): Created => {
    const bus = buses.bus(text(inputs["eventBusName"]));
    const policy = typeof inputs["policy"] === "string" ? inputs["policy"] : JSON.stringify(inputs["policy"]);
    buses.setPolicy(bus, policy);
    return { id: bus.name, state: { ...region(buses), ...inputs, policy, eventBusName: bus.name } };
  };
  return {
    create: set,
    update: (_id, inputs) => set(inputs),
    delete: (id) => buses.setPolicy(buses.bus(id), "{}"),
  };
}

function eventPermission(buses: EventBuses): ResourceType {
  const set = (inputs: Json): Created => {
    const bus = buses.bus(text(inputs["eventBusName"]));
    const statementId = String(inputs["statementId"]);
    const action = text(inputs["action"]) ?? "events:PutEvents";
    const condition = inputs["condition"] as { type: string; key: string; value: string } | undefined;
    const shaped = condition && { Type: condition.type, Key: condition.key, Value: condition.value };
    buses.permit(bus, statementId, permission(bus, String(inputs["principal"]), action, shaped));
    return { id: `${bus.name}/${statementId}`, state: { ...region(buses), ...inputs, action, eventBusName: bus.name } };
  };
  return {
    create: set,
    update: (_id, inputs) => set(inputs),
    delete: (_id, state) =>
      buses.permit(buses.bus(text(state["eventBusName"])), String(state["statementId"]), undefined),
  };
}
