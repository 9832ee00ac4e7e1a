import type { AnyOperation, Json } from "../../../service";
import type { ConfigurationSet, EventDestination, EventType, SuppressedReason } from "../configuration-sets";
import type { SesEngine } from "../engine";
import { pageOf, type PageInput } from "../page";

interface Named {
  readonly ConfigurationSetName: string;
}
interface CreateInput extends Named {
  /** The first API nests the name. */
  readonly ConfigurationSet?: { readonly Name: string };
  readonly SuppressionOptions?: { readonly SuppressedReasons?: readonly SuppressedReason[] };
  readonly SendingOptions?: { readonly SendingEnabled?: boolean };
  readonly DeliveryOptions?: { readonly TlsPolicy?: string };
  readonly ReputationOptions?: { readonly ReputationMetricsEnabled?: boolean };
  readonly TrackingOptions?: { readonly CustomRedirectDomain?: string };
}
interface Dimension {
  readonly DimensionName: string;
  readonly DimensionValueSource: string;
  readonly DefaultDimensionValue: string;
}
interface DestinationInput extends Named {
  readonly EventDestinationName: string;
  readonly EventDestination: {
    readonly Enabled?: boolean;
    readonly MatchingEventTypes?: readonly EventType[];
    readonly SnsDestination?: { readonly TopicArn: string };
    readonly EventBridgeDestination?: { readonly EventBusArn: string };
    readonly CloudWatchDestination?: { readonly DimensionConfigurations?: readonly Dimension[] };
  };
}

/** Configuration sets and their event destinations, second API; CreateConfigurationSet takes the first API's input too. */
export function configurationSetOperations(engine: SesEngine): Readonly<Record<string, AnyOperation>> {
  const { sets } = engine;
  const one =
    (action: string) =>
    ({ ConfigurationSetName }: Named) => [{ action, resource: sets.arnOf(ConfigurationSetName) }];
  const putDestination = (action: string): AnyOperation => ({
    authorize: one(action),
    answer: async ({ ConfigurationSetName, EventDestinationName, EventDestination: given }: DestinationInput) => {
      await sets.setDestination(sets.get(ConfigurationSetName), {
        name: EventDestinationName,
        enabled: given.Enabled === true,
        types: given.MatchingEventTypes ?? [],
        ...(given.SnsDestination ? { topicArn: given.SnsDestination.TopicArn } : {}),
        ...(given.EventBridgeDestination ? { eventBusArn: given.EventBridgeDestination.EventBusArn } : {}),
        ...(given.CloudWatchDestination ? { dimensions: dimensionsOf(given.CloudWatchDestination) } : {}),
      });
      return {};
    },
  });
  return {
    CreateConfigurationSet: {
      authorize: (input: CreateInput) => [
        {
          action: "ses:CreateConfigurationSet",
          resource: sets.arnOf(input.ConfigurationSet?.Name ?? input.ConfigurationSetName),
        },
      ],
      answer: (input: CreateInput) => {
        const set = sets.create(input.ConfigurationSet?.Name ?? input.ConfigurationSetName);
        set.sendingEnabled = input.SendingOptions?.SendingEnabled !== false;
        set.tlsPolicy = input.DeliveryOptions?.TlsPolicy ?? "OPTIONAL";
        set.reputationMetrics = input.ReputationOptions?.ReputationMetricsEnabled === true;
        if (input.SuppressionOptions?.SuppressedReasons)
          set.suppressedReasons = input.SuppressionOptions.SuppressedReasons;
        if (input.TrackingOptions?.CustomRedirectDomain !== undefined)
          set.redirectDomain = input.TrackingOptions.CustomRedirectDomain;
        return {};
      },
    },
    GetConfigurationSet: {
      authorize: one("ses:GetConfigurationSet"),
      answer: ({ ConfigurationSetName }: Named) => shape(sets.get(ConfigurationSetName)),
    },
    ListConfigurationSets: {
      authorize: () => [{ action: "ses:ListConfigurationSets", resource: "*" }],
      // The first API says how many by MaxItems.
      answer: ({ NextToken, PageSize, MaxItems }: PageInput & { readonly MaxItems?: string }) => {
        const { items, next } = pageOf([...sets.all.keys()], { NextToken, PageSize: PageSize ?? MaxItems });
        return { ConfigurationSets: items.map((Name) => ({ Name })), ...next };
      },
    },
    DeleteConfigurationSet: {
      authorize: one("ses:DeleteConfigurationSet"),
      answer: ({ ConfigurationSetName }: Named) => {
        sets.all.delete(sets.get(ConfigurationSetName).name);
        return {};
      },
    },
    CreateConfigurationSetEventDestination: putDestination("ses:CreateConfigurationSetEventDestination"),
    UpdateConfigurationSetEventDestination: putDestination("ses:UpdateConfigurationSetEventDestination"),
    GetConfigurationSetEventDestinations: {
      authorize: one("ses:GetConfigurationSetEventDestinations"),
      answer: ({ ConfigurationSetName }: Named) => ({
        EventDestinations: [...sets.get(ConfigurationSetName).destinations.values()].map(destinationShape),
      }),
    },
  };
}

function shape(set: ConfigurationSet): Json {
  return {
    ConfigurationSetName: set.name,
    SendingOptions: { SendingEnabled: set.sendingEnabled },
    DeliveryOptions: { TlsPolicy: set.tlsPolicy },
    ReputationOptions: { ReputationMetricsEnabled: set.reputationMetrics },
    ...(set.suppressedReasons ? { SuppressionOptions: { SuppressedReasons: set.suppressedReasons } } : {}),
    ...(set.redirectDomain === undefined ? {} : { TrackingOptions: { CustomRedirectDomain: set.redirectDomain } }),
    Tags: [],
  };
}

function destinationShape(destination: EventDestination): Json {
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
