/**
 * Types whose loss another `up` does not undo, with what is lost when one is deleted or replaced. An upgrade from any
 * release to the present program must leave every one of them where it is.
 */
export const STATEFUL: Readonly<Record<string, string>> = {
  "aws:apigatewayv2/api:Api": "the address that every installed game connects to",
  "aws:cloudcontrol/resource:Resource": "the analytics copy, which is then exported anew in full",
  "aws:cloudwatch/logGroup:LogGroup": "its logs",
  "aws:dynamodb/table:Table": "its items",
  "aws:glue/catalogDatabase:CatalogDatabase": "the tables of the analytics copy",
  "aws:kms/key:Key": "all that is encrypted with it",
  "aws:s3/bucket:Bucket": "its objects",
  "aws:sesv2/configurationSet:ConfigurationSet": "the events of mail that is under way",
  "aws:sesv2/emailIdentity:EmailIdentity": "its verification and its good name as a sender",
  "aws:sns/topic:Topic": "what others have subscribed to it",
  "aws:sqs/queue:Queue": "the messages in it",
};

/** Inputs whose change keeps the resource and still loses something of it, by type. */
export const RESETS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // UpdateTable makes another stream; what nobody has read of the old one is read by nobody.
  "aws:dynamodb/table:Table": {
    streamEnabled: "the changes in its stream that no function has read yet",
    streamViewType: "the changes in its stream that no function has read yet",
  },
};
