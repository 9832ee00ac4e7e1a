import type { AwsError } from "./aws-error";
import type { Cloud } from "./cloud";
import type { Principal } from "./principal";

/** A JSON object as it travels on the wire. */
export type Json = Record<string, unknown>;

/** One right that a call needs. All of a call's requests must be allowed. */
export interface AccessRequest {
  /** e.g. `dynamodb:PutItem`. */
  readonly action: string;
  /** ARN, or `*` for actions without a resource type. */
  readonly resource: string;
  /** Condition keys that the service supplies, e.g. `{"dynamodb:LeadingKeys": ["a"]}`; global keys are added by IAM. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  /** ARN whose resource policy applies, when it is not `resource` itself (an S3 object's bucket). */
  readonly policyOf?: string;
}

export interface CallContext {
  readonly cloud: Cloud;
  readonly principal: Principal;
  readonly requestId: string;
  /** Adds consumed units, named by a rate of prices.json, to the call's trace event. */
  use(rate: string, amount: number): void;
  /** Adds a member to the call's trace event, for tests and the console. */
  note(key: string, value: unknown): void;
}

/** One API operation: what it needs, then what it does. Input and output have the members of the SDK's shapes, as on the wire (blobs in base64). */
export interface Operation<I = Json, O = unknown> {
  /** The rights needed; an empty list only where AWS asks for none. May throw the AwsError that AWS answers before it looks at rights. */
  authorize(input: I, context: CallContext): readonly AccessRequest[];
  answer(input: I, context: CallContext): O | Promise<O>;
}

/** An operation whose input type is its own affair; the cloud hands it what came over the wire. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- operations are contravariant in their input; the wire decides what comes
export type AnyOperation = Operation<any>;

export interface HttpRequest {
  readonly method: string;
  /** Path without the query, still percent-encoded. */
  readonly path: string;
  /** Query without the leading `?`, still percent-encoded. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/** A route of a REST protocol. */
export interface RestRoute {
  readonly method: string;
  /** e.g. `/2015-03-31/functions/{FunctionName}/invocations`; `{Key+}` takes the rest of the path. */
  readonly path: string;
  /** Query parameters that must be present for the route to match, e.g. `["uploads"]`. */
  readonly query?: readonly string[];
  /** Headers that must be present for the route to match, in lower case, e.g. `["x-amz-copy-source"]`. */
  readonly headers?: readonly string[];
  readonly operation: string;
  /** From the request and the decoded labels to the operation's input; by default labels, query and JSON body merged. */
  readonly decode?: (request: HttpRequest, labels: Readonly<Record<string, string>>) => Json;
  /** From the operation's output to the response; by default JSON with status 200. */
  readonly encode?: (output: unknown, request: HttpRequest) => HttpResponse;
}

/** How a service speaks. */
export type Protocol =
  | { readonly kind: "json"; readonly target: string; readonly version: "1.0" | "1.1" }
  | {
      readonly kind: "query";
      readonly version: string;
      readonly xmlns: string;
      /** Of a service whose other protocol is JSON: from the form's names to that one's input, and its output to XML. */
      readonly asJson?: {
        /** @param path of the request, which may name the resource. */
        readonly read: (action: string, input: Json, path: string) => Json;
        readonly write: (action: string, output: unknown) => string;
        /** What the query protocol says where JSON says something else. */
        readonly refuse: (error: AwsError) => AwsError;
      };
    }
  /** Smithy RPC v2 CBOR, which newer SDKs prefer for some services (CloudWatch). */
  | { readonly kind: "cbor"; readonly service: string }
  | {
      readonly kind: "rest";
      readonly routes: readonly RestRoute[];
      /** The request as its routes expect it, where a resource may also be named by the host. @default as it came */
      readonly address?: (request: HttpRequest) => HttpRequest;
      /** @default JSON with `x-amzn-errortype` */
      readonly encodeError?: (
        error: { code: string; message: string; status: number },
        requestId: string,
      ) => HttpResponse;
    };

export interface ResourceContext {
  readonly cloud: Cloud;
  /** Logical name in the program. */
  readonly name: string;
  /** Pulumi type token, e.g. `aws:sqs/queue:Queue`. */
  readonly type: string;
  readonly urn: string;
  /** The physical name the provider would make when none is given: the logical name, `-`, 7 hex digits (stable per URN). */
  physicalName(suffix?: string): string;
}

export interface Created {
  readonly id: string;
  /** Pulumi's output properties (camelCase), computed ones included. */
  readonly state: Json;
}

/** Plays one Pulumi resource type: from declared inputs (camelCase, all resolved) to state. */
export interface ResourceType {
  create(inputs: Json, context: ResourceContext): Created | Promise<Created>;
  update?(id: string, inputs: Json, context: ResourceContext): Created | Promise<Created>;
  delete?(id: string, state: Json, context: ResourceContext): void | Promise<void>;
}

/** A Pulumi function (invoke), e.g. `aws:index/getCallerIdentity:getCallerIdentity`. */
export type InvokeType = (inputs: Json, cloud: Cloud) => Json | Promise<Json>;

/** A service of AWS, played. */
export interface Service {
  /** e.g. `dynamodb`; first member of its trace events. */
  readonly name: string;
  /** The service member of the credential scope in signatures, e.g. `monitoring` for CloudWatch. */
  readonly signingName: string;
  readonly protocols: readonly Protocol[];
  readonly operations: Readonly<Record<string, AnyOperation>>;
  readonly resourceTypes: Readonly<Record<string, ResourceType>>;
  readonly invokes?: Readonly<Record<string, InvokeType>>;
  /** Code of the error that this service answers when a caller is too fast. @default ThrottlingException */
  readonly throttling?: string;
  /** Ends timers, workers and sockets. */
  close?(): void | Promise<void>;
}
