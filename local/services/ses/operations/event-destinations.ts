import { AwsError } from "../../../aws-error";
import type { AnyOperation, Json } from "../../../service";
import { inFirstApi } from "../api-errors";
import type { ConfigurationSet, EventDestination, EventType } from "../configuration-sets";
import type { SesEngine } from "../engine";

interface Named {
  readonly ConfigurationSetName: string;
}
interface ByName extends Named {
  readonly EventDestinationName: string;
}
interface Dimension {
  readonly DimensionName: string;
  readonly DimensionValueSource: string;
  readonly DefaultDimensionValue: string;
}
interface DestinationInput extends ByName {
  readonly EventDestination: {
    /** In the first API the name stands here. */
    readonly Name?: string;
    readonly Enabled?: boolean | string;
    readonly MatchingEventTypes?: readonly string[];
    readonly SnsDestination?: { readonly TopicArn: string };
    readonly SNSDestination?: { readonly TopicARN: string };
    readonly EventBridgeDestination?: { readonly EventBusArn: string };
    readonly CloudWatchDestination?: { readonly DimensionConfigurations?: readonly Dimension[] };
  };
}

/** Event destinations of configuration sets, in both APIs. */
export function eventDestinationOperations(engine: SesEngine): Readonly<Record<string, AnyOperation>> {
  const { sets } = engine;
  const one =
    (action: string) =>
    ({ ConfigurationSetName }: Named) => [{ action, resource: sets.arnOf(ConfigurationSetName) }];
  const put = (action: string, check: (set: ConfigurationSet, name: string) => void): AnyOperation => ({
    authorize: one(action),
    answer: async ({ ConfigurationSetName, EventDestinationName, EventDestination: given }: DestinationInput) => {
      const work = async (): Promise<void> => {
        const set = sets.get(ConfigurationSetName);
        const name = given.Name ?? EventDestinationName;
        check(set, name);
        await sets.setDestination(set, read(name, given));
      };
      await (given.Name === undefined ? work() : inFirstApi(work));
      return {};
    },
  });
  return {
    CreateConfigurationSetEventDestination: put("ses:CreateConfigurationSetEventDestination", (set, name) => {
      if (set.destinations.has(name))
        throw new AwsError("AlreadyExistsException", `Event destination <${name}> already exists.`, 400);
    }),
    UpdateConfigurationSetEventDestination: put("ses:UpdateConfigurationSetEventDestination", requireDestination),
    DeleteConfigurationSetEventDestination: {
      authorize: one("ses:DeleteConfigurationSetEventDestination"),
      answer: ({ ConfigurationSetName, EventDestinationName }: ByName) => {
        inFirstApi(() => {
          const set = sets.get(ConfigurationSetName);
          requireDestination(set, EventDestinationName);
          set.destinations.delete(EventDestinationName);
        });
        return {};
      },
    },
    GetConfigurationSetEventDestinations: {
      authorize: one("ses:GetConfigurationSetEventDestinations"),
      answer: ({ ConfigurationSetName }: Named) => ({
        EventDestinations: [...sets.get(ConfigurationSetName).destinations.values()].map(shape),
      }),
    },
    DescribeConfigurationSet: {
      authorize: one("ses:DescribeConfigurationSet"),
      answer: ({
        ConfigurationSetName,
        ConfigurationSetAttributeNames: asked = [],
      }: Named & { readonly ConfigurationSetAttributeNames?: readonly string[] }) => {
        const set = inFirstApi(() => sets.get(ConfigurationSetName));
        const destinations = [...set.destinations.values()].map(firstShape);
        return {
          ConfigurationSet: { Name: set.name },
          ...(asked.includes("eventDestinations") ? { EventDestinations: destinations } : {}),
        };
      },
    },
  };
}

function requireDestination(set: ConfigurationSet, name: string): void {
  if (!set.destinations.has(name))
    throw new AwsError("NotFoundException", `No EventDestination found for ${set.name}`, 404);
}

function read(name: string, given: DestinationInput["EventDestination"]): EventDestination {
  const topicArn = given.SnsDestination?.TopicArn ?? given.SNSDestination?.TopicARN;
  return {
    name,
    enabled: String(given.Enabled) === "true",
    // The first API writes `renderingFailure`, the second RENDERING_FAILURE.
    types: (given.MatchingEventTypes ?? []).map((type) =>
      type === type.toUpperCase() ? (type as EventType) : (type.replace(/[A-Z]/g, "_$&").toUpperCase() as EventType),
    ),
    ...(topicArn === undefined ? {} : { topicArn }),
    ...(given.EventBridgeDestination ? { eventBusArn: given.EventBridgeDestination.EventBusArn } : {}),
    ...(given.CloudWatchDestination ? { dimensions: dimensionsOf(given.CloudWatchDestination) } : {}),
  };
}

/** As DescribeConfigurationSet of the first API answers. */
function firstShape(destination: EventDestination): Json {
  const { SnsDestination: _second, MatchingEventTypes: _types, ...same } = shape(destination);
  return {
    ...same,
    MatchingEventTypes: destination.types.map((type) =>
      type.toLowerCase().replace(/_(.)/g, (_, c: string) => c.toUpperCase()),
    ),
    ...(destination.topicArn === undefined ? {} : { SNSDestination: { TopicARN: destination.topicArn } }),
  };
}

function shape(destination: EventDestination): Json {
  return {
    Name: destination.name,
    Enabled: destination.enabled,
    MatchingEventTypes: destination.types,
    ...(destination.topicArn === undefined ? {} : { SnsDestination: { TopicArn: destination.topicArn } }),
    ...(destination.eventBusArn === undefined
      ? {}
      : { EventBridgeDestination: { EventBusArn: destination.eventBusArn } }),
    ...(destination.dimensions === undefined
      ? {}
      : {
          CloudWatchDestination: {
            DimensionConfigurations: destination.dimensions.map(({ name, source, fallback }) => ({
              DimensionName: name,
              DimensionValueSource: source,
              DefaultDimensionValue: fallback,
            })),
          },
        }),
  };
}

function dimensionsOf({
  DimensionConfigurations = [],
}: NonNullable<DestinationInput["EventDestination"]["CloudWatchDestination"]>): NonNullable<
  EventDestination["dimensions"]
> {
  return DimensionConfigurations.map((given) => ({
    name: given.DimensionName,
    source: given.DimensionValueSource,
    fallback: given.DefaultDimensionValue,
  }));
}
