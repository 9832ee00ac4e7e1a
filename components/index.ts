/** The public list: what other programs compose, and the types that its signatures name. */
export type { SenderArgs } from "./email-dispatcher/arguments";
export type { DnsRecord } from "./email-dispatcher/dns-records";
export { EmailDispatcher, type EmailDispatcherArgs } from "./email-dispatcher/email-dispatcher";
export type { TemplateArgs, TemplateData, TemplateLocale } from "./email-dispatcher/templates";
export type { AddressAnswer, ChannelAdapter, Recipient, RenderAnswer } from "./message-store/channel";
export type { EnqueueResult, MessageClient } from "./message-store/enqueue";
export type { Enqueued, Message, MessageType, Reason, StatusChange, StoredMessage } from "./message-store/message";
export { MessageStore, type MessageStoreArgs } from "./message-store/message-store";
export type { StatusHandler } from "./message-store/on-status";
export type { MessageStatus } from "./message-store/status";
export type { AnyMessage, DataOf, Enqueue, MessageOf, TemplateReference } from "./message-store/template-reference";
export { operationsOf, type OperatedComponents, type OperatedPipeline } from "./operations/operations-of";
export type {
  DeadLetterQueue,
  DeadLetterWay,
  EmailOperations,
  GatewayOperations,
  MessageOperations,
  Operations,
  SegmentOperations,
} from "./operations/operations";
export type { AuthArgs } from "./realtime-gateway/arguments";
export { protocolError, type ErrorCode, type FrameProblem } from "./realtime-gateway/frames";
export type { Notice } from "./realtime-gateway/notices";
export type { PresenceStatus } from "./realtime-gateway/presence-items";
export type { PlayerEventMessage } from "./realtime-gateway/publish";
export type { Pusher } from "./realtime-gateway/push";
export type { PlayerEventHandler } from "./realtime-gateway/react";
export { RealtimeGateway, type RealtimeGatewayArgs } from "./realtime-gateway/realtime-gateway";
export type { RouteContext } from "./realtime-gateway/route";
export type { AnalyticsCopy } from "./segment-pipeline/analytics-copy";
export type { SegmentDefinition, SegmentMessage } from "./segment-pipeline/definition";
export { filterPredicate, type PlayerRecord, type PredicateOptions } from "./segment-pipeline/evaluate-filter";
export type { AttributeTest, DayStart, Duration, Filter } from "./segment-pipeline/filter";
export type { QueryEngine } from "./segment-pipeline/query-engine";
export { SegmentPipeline, type SegmentPipelineArgs } from "./segment-pipeline/segment-pipeline";
export type { PrivateBucket } from "./shared/bucket";
export {
  LambdaFunction,
  withGrants,
  type AnyLambdaFunctionArgs,
  type Captured,
  type Handler,
  type HandlerFactory,
  type LambdaFunctionArgs,
} from "./shared/callback";
export { Dashboard, type DashboardArgs } from "./shared/dashboard";
export { EncryptionKey, type EncryptionKeyArgs } from "./shared/encryption";
export { ArgumentError, DeclarationError, type ArgumentProblem } from "./shared/errors";
export { TABLE_KEY_ACTIONS, type ResourceStatement, type Statement } from "./shared/iam";
export type { MetricSpec, MonitoringArgs, Widget } from "./shared/monitoring";
export type { Packaged } from "./shared/packaging";
export type {
  AttributesWith,
  AttributeType,
  NoAttributes,
  PlayerAttributes,
  PlayerDirectory,
} from "./shared/player-directory";
export { DeadLetteredQueue, type DeadLetteredQueueArgs, type QueueSender } from "./shared/queue";
export type { Schema, SchemaType } from "./shared/schema";
export type { TypeOf } from "./shared/schema-type";
export type { Transform } from "./shared/transform";
