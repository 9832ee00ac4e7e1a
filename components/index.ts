/** The public list: what other programs compose. */
export { EmailDispatcher, type EmailDispatcherArgs } from "./email-dispatcher/email-dispatcher";
export { MessageStore, type MessageStoreArgs } from "./message-store/message-store";
export type { TemplateReference } from "./message-store/template-reference";
export { operationsOf, type OperatedComponents } from "./operations/operations-of";
export type { Operations } from "./operations/operations";
export type { AuthArgs } from "./realtime-gateway/arguments";
export { protocolError, type ErrorCode } from "./realtime-gateway/frames";
export type { Notice } from "./realtime-gateway/notices";
export type { PlayerEventMessage } from "./realtime-gateway/publish";
export type { Pusher } from "./realtime-gateway/push";
export type { PlayerEventHandler } from "./realtime-gateway/react";
export { RealtimeGateway, type RealtimeGatewayArgs } from "./realtime-gateway/realtime-gateway";
export type { RouteContext } from "./realtime-gateway/route";
export type { Schema } from "./shared/schema";
export { SegmentPipeline, type SegmentPipelineArgs } from "./segment-pipeline/segment-pipeline";
export type { SegmentDefinition } from "./segment-pipeline/definition";
export { filterPredicate, type PlayerRecord, type PredicateOptions } from "./segment-pipeline/evaluate-filter";
export type { Filter } from "./segment-pipeline/filter";
export {
  LambdaFunction,
  withGrants,
  type Captured,
  type Handler,
  type HandlerFactory,
  type LambdaFunctionArgs,
} from "./shared/callback";
export { Dashboard, type DashboardArgs } from "./shared/dashboard";
export { EncryptionKey, type EncryptionKeyArgs } from "./shared/encryption";
export { ArgumentError, DeclarationError } from "./shared/errors";
export { TABLE_KEY_ACTIONS, type Statement } from "./shared/iam";
export type { MonitoringArgs, Widget } from "./shared/monitoring";
export type { PlayerDirectory } from "./shared/player-directory";
export { DeadLetteredQueue, type DeadLetteredQueueArgs } from "./shared/queue";
export type { Transform } from "./shared/transform";
