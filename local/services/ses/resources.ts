import { textOf } from "../iam/inputs";
import type { Created, Json, ResourceContext, ResourceType } from "../../service";
import type { EventDestination, EventType, SuppressedReason } from "./configuration-sets";
import type { SesEngine } from "./engine";
import type { Identity } from "./identities";

const record = (value: unknown): Json => (typeof value === "object" && value !== null ? (value as Json) : {});
const region = ({ cloud }: ResourceContext): Json => ({ region: cloud.region });
const tagged = (inputs: Json): Json => ({ tagsAll: inputs["tagsAll"] ?? inputs["tags"] ?? {} });

/** Pulumi resource types of SES, second API. */
export function sesResources(engine: SesEngine): Readonly<Record<string, ResourceType>> {
  const { identities, sets, account, tenants } = engine;
  const same = (
    put: (inputs: Json, context: ResourceContext) => Created | Promise<Created>,
    remove?: ResourceType["delete"],
  ): ResourceType => ({
    create: put,
    update: (_id, inputs, context) => put(inputs, context),
    ...(remove ? { delete: remove } : {}),
  });
  return {
    "aws:sesv2/emailIdentity:EmailIdentity": {
      create: (inputs, context) =>
        emailIdentity(engine, identities.create(textOf(inputs["emailIdentity"])), inputs, context),
      update: (id, inputs, context) => emailIdentity(engine, identities.get(id), inputs, context),
      delete: (id) => identities.delete(id),
    },
    "aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes": same(
      (inputs, context) => {
        const identity = identities.get(textOf(inputs["emailIdentity"]));
        const behaviorOnMxFailure = textOf(inputs["behaviorOnMxFailure"], "USE_DEFAULT_VALUE");
        if (typeof inputs["mailFromDomain"] === "string")
          identities.setMailFrom(identity, { domain: inputs["mailFromDomain"], behaviorOnMxFailure });
        else delete identity.mailFrom;
        return { id: identity.name, state: { ...inputs, ...region(context), id: identity.name, behaviorOnMxFailure } };
      },
      (id) => {
        delete identities.all.get(id)?.mailFrom;
      },
    ),
    "aws:sesv2/emailIdentityFeedbackAttributes:EmailIdentityFeedbackAttributes": same((inputs, context) => {
      const identity = identities.get(textOf(inputs["emailIdentity"]));
      identity.feedbackForwarding = inputs["emailForwardingEnabled"] === true;
      return { id: identity.name, state: { ...inputs, ...region(context), id: identity.name } };
    }),
    "aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy": same(
      (inputs, context) => {
        const identity = identities.get(textOf(inputs["emailIdentity"]));
        identities.setPolicy(identity, textOf(inputs["policyName"]), inputs["policy"]);
        const id = `${identity.name}|${textOf(inputs["policyName"])}`;
        return { id, state: { ...inputs, ...region(context), id } };
      },
      (id) =>
        identities.setPolicy(identities.get(id.slice(0, id.indexOf("|"))), id.slice(id.indexOf("|") + 1), undefined),
    ),
    "aws:sesv2/configurationSet:ConfigurationSet": {
      create: (inputs, context) =>
        configurationSet(engine, sets.create(textOf(inputs["configurationSetName"])).name, inputs, context),
      update: (id, inputs, context) => configurationSet(engine, id, inputs, context),
      delete: (id) => void sets.all.delete(id),
    },
    "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination": same(
      async (inputs, context) => {
        const set = sets.get(textOf(inputs["configurationSetName"]));
        const name = textOf(inputs["eventDestinationName"]);
        await sets.setDestination(set, destination(name, record(inputs["eventDestination"])));
        const id = `${set.name}|${name}`;
        return { id, state: { ...inputs, ...region(context), id } };
      },
      (id) => void sets.all.get(id.slice(0, id.indexOf("|")))?.destinations.delete(id.slice(id.indexOf("|") + 1)),
    ),
    "aws:sesv2/accountSuppressionAttributes:AccountSuppressionAttributes": same((inputs, context) => {
      account.suppressedReasons = (inputs["suppressedReasons"] ?? []) as SuppressedReason[];
      const id = context.cloud.accountId;
      return { id, state: { ...inputs, ...region(context), id } };
    }),
    "aws:sesv2/tenant:Tenant": {
      create: (inputs, context) => {
        const tenant = tenants.create(textOf(inputs["tenantName"]));
        const own = { id: tenant.name, tenantArn: tenant.arn, tenantId: tenant.id, sendingStatus: "ENABLED" };
        return { id: tenant.name, state: { ...inputs, ...region(context), ...tagged(inputs), ...own } };
      },
      delete: (id) => void tenants.all.delete(id),
    },
    "aws:sesv2/tenantResourceAssociation:TenantResourceAssociation": same(
      (inputs, context) => {
        const tenant = tenants.get(textOf(inputs["tenantName"]));
        tenant.resources.add(textOf(inputs["resourceArn"]));
        const id = `${tenant.name}|${textOf(inputs["resourceArn"])}`;
        return { id, state: { ...inputs, ...region(context), id } };
      },
      (_id, state) => void tenants.all.get(textOf(state["tenantName"]))?.resources.delete(textOf(state["resourceArn"])),
    ),
  };
}

function emailIdentity(engine: SesEngine, identity: Identity, inputs: Json, context: ResourceContext): Created {
  const set = inputs["configurationSetName"];
  if (typeof set === "string" && set !== "") identity.configurationSet = engine.sets.get(set).name;
  else delete identity.configurationSet;
  const signing = record(inputs["dkimSigningAttributes"]);
  const state = {
    ...inputs,
    ...region(context),
    ...tagged(inputs),
    id: identity.name,
    arn: identity.arn,
    emailIdentity: identity.name,
    identityType: identity.type,
    verifiedForSendingStatus: identity.verified,
    verificationStatus: identity.verified ? "SUCCESS" : "PENDING",
    dkimSigningAttributes: {
      ...signing,
      tokens: identity.dkimTokens,
      status: identity.verified ? "SUCCESS" : "PENDING",
      signingAttributesOrigin: signing["domainSigningPrivateKey"] === undefined ? "AWS_SES" : "EXTERNAL",
      currentSigningKeyLength: "RSA_2048_BIT",
      nextSigningKeyLength: signing["nextSigningKeyLength"] ?? "RSA_2048_BIT",
    },
  };
  return { id: identity.name, state };
}

function configurationSet(engine: SesEngine, name: string, inputs: Json, context: ResourceContext): Created {
  const set = engine.sets.get(name);
  const suppression = inputs["suppressionOptions"] === undefined ? undefined : record(inputs["suppressionOptions"]);
  set.sendingEnabled = record(inputs["sendingOptions"])["sendingEnabled"] !== false;
  set.tlsPolicy = textOf(record(inputs["deliveryOptions"])["tlsPolicy"], "OPTIONAL");
  set.reputationMetrics = record(inputs["reputationOptions"])["reputationMetricsEnabled"] === true;
  if (suppression) set.suppressedReasons = (suppression["suppressedReasons"] ?? []) as SuppressedReason[];
  else delete set.suppressedReasons;
  const domain = record(inputs["trackingOptions"])["customRedirectDomain"];
  if (typeof domain === "string") set.redirectDomain = domain;
  else delete set.redirectDomain;
  const state = {
    ...inputs,
    ...region(context),
    ...tagged(inputs),
    id: name,
    arn: set.arn,
    configurationSetName: name,
    sendingOptions: { sendingEnabled: set.sendingEnabled },
    reputationOptions: { lastFreshStart: "", reputationMetricsEnabled: set.reputationMetrics },
  };
  return { id: name, state };
}

function destination(name: string, given: Json): EventDestination {
  const unplayed = ["kinesisFirehoseDestination", "pinpointDestination"].find((kind) => given[kind] !== undefined);
  if (unplayed)
    throw new Error(
      `${unplayed} of event destination "${name}": not played by the local cloud; expected snsDestination, eventBridgeDestination or cloudWatchDestination.`,
    );
  const topicArn = record(given["snsDestination"])["topicArn"];
  const eventBusArn = record(given["eventBridgeDestination"])["eventBusArn"];
  const dimensions = record(given["cloudWatchDestination"])["dimensionConfigurations"];
  return {
    name,
    enabled: given["enabled"] === true,
    types: (given["matchingEventTypes"] ?? []) as EventType[],
    ...(typeof topicArn === "string" ? { topicArn } : {}),
    ...(typeof eventBusArn === "string" ? { eventBusArn } : {}),
    ...(Array.isArray(dimensions)
      ? {
          dimensions: (dimensions as Json[]).map((dimension) => ({
            name: textOf(dimension["dimensionName"]),
            source: textOf(dimension["dimensionValueSource"]),
            fallback: textOf(dimension["defaultDimensionValue"]),
          })),
        }
      : {}),
  };
}
