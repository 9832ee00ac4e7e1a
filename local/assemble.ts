import type { Cloud } from "./cloud";
import { apigatewayService } from "./services/apigateway";
import { apigatewayAccountService } from "./services/apigateway/account";
import { athenaService } from "./services/athena";
import { cloudcontrolService } from "./services/cloudcontrol";
import { cloudwatchService } from "./services/cloudwatch";
import { dynamodbService } from "./services/dynamodb";
import { eventsService } from "./services/events";
import { glueService } from "./services/glue";
import { iamService } from "./services/iam";
import { kmsService } from "./services/kms";
import { lambdaService } from "./services/lambda";
import { logsService } from "./services/logs";
import { s3Service } from "./services/s3";
import { schedulerService } from "./services/scheduler";
import { sesService } from "./services/ses";
import { snsService } from "./services/sns";
import { sqsService } from "./services/sqs";
import { stsService } from "./services/sts";
import { xrayService } from "./services/xray";

/** Every service that the local cloud plays. */
export function assemble(cloud: Cloud): void {
  for (const make of [
    iamService,
    stsService,
    kmsService,
    logsService,
    cloudwatchService,
    xrayService,
    dynamodbService,
    sqsService,
    snsService,
    eventsService,
    schedulerService,
    s3Service,
    glueService,
    cloudcontrolService,
    athenaService,
    sesService,
    lambdaService,
    apigatewayService,
    apigatewayAccountService,
  ]) {
    cloud.register(make(cloud));
  }
}
