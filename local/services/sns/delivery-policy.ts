/** How an HTTP endpoint is tried again, in seconds (SNS developer guide, "Creating a delivery policy for HTTP/S endpoints"). */
export interface RetryPolicy {
  readonly minDelayTarget: number;
  readonly maxDelayTarget: number;
  readonly numRetries: number;
  readonly numMaxDelayRetries: number;
  readonly numNoDelayRetries: number;
  readonly numMinDelayRetries: number;
  readonly backoffFunction: string;
}

type Fields = Readonly<Record<string, unknown>>;

const RETRIES: RetryPolicy = {
  minDelayTarget: 20,
  maxDelayTarget: 20,
  numRetries: 3,
  numMaxDelayRetries: 0,
  numNoDelayRetries: 0,
  numMinDelayRetries: 0,
  backoffFunction: "linear",
};

const CONTENT_TYPE = "text/plain; charset=UTF-8";

function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function parse(text: string | undefined): Fields {
  return text === undefined ? {} : fields(JSON.parse(text));
}

/** `name: value`, unless there is none. */
function given(policy: Fields, name: string): Fields {
  return policy[name] === undefined || policy[name] === null ? {} : { [name]: policy[name] };
}

/** A topic's DeliveryPolicy as GetTopicAttributes shows it. */
export function shownTopicPolicy(text: string): string {
  const http = fields(parse(text)["http"]);
  return JSON.stringify({
    http: {
      ...given(http, "defaultHealthyRetryPolicy"),
      ...given(http, "defaultThrottlePolicy"),
      disableSubscriptionOverrides: http["disableSubscriptionOverrides"] === true,
      ...given(http, "defaultRequestPolicy"),
    },
  });
}

/** A topic's policy with AWS's own where it says nothing. */
export function effectiveTopicPolicy(text: string | undefined): string {
  const http = fields(parse(text)["http"]);
  return JSON.stringify({
    http: {
      defaultHealthyRetryPolicy: { ...RETRIES, ...fields(http["defaultHealthyRetryPolicy"]) },
      ...given(http, "defaultThrottlePolicy"),
      disableSubscriptionOverrides: http["disableSubscriptionOverrides"] === true,
      defaultRequestPolicy: { headerContentType: CONTENT_TYPE, ...fields(http["defaultRequestPolicy"]) },
    },
  });
}

interface SubscriptionPolicy {
  readonly healthyRetryPolicy: RetryPolicy | null;
  readonly sicklyRetryPolicy: null;
  readonly throttlePolicy: unknown;
  readonly requestPolicy: { readonly headerContentType: string } | null;
  readonly guaranteed: boolean;
}

/** A subscription's DeliveryPolicy with every member that GetSubscriptionAttributes shows. */
export function subscriptionPolicy(text: string | undefined): SubscriptionPolicy {
  const policy = parse(text);
  const retries = given(policy, "healthyRetryPolicy")["healthyRetryPolicy"];
  const request = given(policy, "requestPolicy")["requestPolicy"] as SubscriptionPolicy["requestPolicy"] | undefined;
  return {
    healthyRetryPolicy: retries === undefined ? null : { ...RETRIES, ...fields(retries) },
    sicklyRetryPolicy: null,
    throttlePolicy: policy["throttlePolicy"] ?? null,
    requestPolicy: request ?? null,
    guaranteed: policy["guaranteed"] === true,
  };
}

/** What holds for a subscription: its own policy, unless the topic forbids that, then the topic's, then AWS's. */
export function effectiveSubscriptionPolicy(
  text: string | undefined,
  topicText: string | undefined,
): SubscriptionPolicy & {
  readonly healthyRetryPolicy: RetryPolicy;
  readonly requestPolicy: { headerContentType: string };
} {
  const { http } = JSON.parse(effectiveTopicPolicy(topicText)) as {
    http: {
      defaultHealthyRetryPolicy: RetryPolicy;
      defaultThrottlePolicy?: unknown;
      disableSubscriptionOverrides: boolean;
      defaultRequestPolicy: { headerContentType: string };
    };
  };
  const own = subscriptionPolicy(http.disableSubscriptionOverrides ? undefined : text);
  return {
    ...own,
    healthyRetryPolicy: own.healthyRetryPolicy ?? http.defaultHealthyRetryPolicy,
    throttlePolicy: own.throttlePolicy ?? http.defaultThrottlePolicy ?? null,
    requestPolicy: own.requestPolicy ?? http.defaultRequestPolicy,
  };
}

/** Milliseconds before a retry, counted from 0; undefined when no more is made. */
export function httpRetryDelayMs(policy: RetryPolicy, retry: number): number | undefined {
  const { minDelayTarget: min, maxDelayTarget: max, numRetries, backoffFunction } = policy;
  const { numNoDelayRetries: none, numMinDelayRetries: short, numMaxDelayRetries: long } = policy;
  if (retry >= numRetries) return undefined;
  if (retry < none) return 0;
  if (retry < none + short) return min * 1000;
  if (retry >= numRetries - long) return max * 1000;
  const steps = numRetries - none - short - long - 1;
  const part = steps === 0 ? 0 : (retry - none - short) / steps;
  const isStraight = backoffFunction === "linear" || backoffFunction === "arithmetic" || min === 0;
  return Math.round(1000 * (isStraight ? min + (max - min) * part : min * (max / min) ** part));
}
